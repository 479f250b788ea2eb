"""Sums and seats as they read in letters and on the staff's pages."""

from django import template

from events import money

register = template.Library()
register.filter("yuan", money.yuan)
register.filter("seat", money.seat)
