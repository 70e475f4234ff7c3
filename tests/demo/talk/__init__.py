"""Tests of jarvis.demo.talk."""
