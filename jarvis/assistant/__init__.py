"""What Jarvis can do, one verb a file; knows no wire."""
