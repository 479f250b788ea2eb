"""Sums and seats as they read in letters and on the staff's pages."""

from django import template

from events import words

register = template.Library()
register.filter("yuan", words.yuan)
register.filter("seat", words.seat)
