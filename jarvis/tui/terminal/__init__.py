"""The terminal itself: what comes in from it, what it is asked, and when it goes away."""
