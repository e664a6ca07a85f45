"""The demo: Northlight Studio and Harbour Street Clinic, half-way through agreeing on a booking portal.

Everything in it came about through the same actions that the pages call, so its audit trail, agreements and
signatures are genuine. `cast` makes the two firms and their people, `content` is what they write, `story` what they
do, `links` how a browser becomes one of them.
"""
