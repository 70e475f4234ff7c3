"""Backends on real files, and the watcher with time in the test's hand."""
