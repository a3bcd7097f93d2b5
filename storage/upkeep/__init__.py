"""What keeps an archive for decades: its files are checked, its database can be made anew, all of it can be kept twice.

fixity    are the bytes still those that were written?
"""
