"""The search index in jarvis.db: words, texts told once, vectors and their sign codes.

Writing functions are called inside `JarvisDb.transaction()`; what belongs together then
comes and goes together. Times are ms since 1970. Knows no numpy and no model.
"""
