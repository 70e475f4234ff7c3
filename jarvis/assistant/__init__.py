"""What Jarvis can do, an idea a room; knows no wire."""
