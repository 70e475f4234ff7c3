"""How the demo's small model was made; nothing in jarvis imports it."""
