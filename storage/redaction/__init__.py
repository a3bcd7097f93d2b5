"""What must not be shown any more: rules in the ledger, and what follows from them everywhere.

words      the words of a text, however they are spelled and cut
veil       the rules of an archive, by which a string is found without being known
bodies     answers as they come, without what is veiled
records    a WARC record in another one's place, of the same length
files      the WARC files of an archive and their manifest
rows       the database
folder     whatever else lies in the archive's folder
"""

from storage.redaction.bodies import veiled_answer
from storage.redaction.veil import KEY, MARK, Rule, Veil, load, rules_of

__all__ = ["KEY", "MARK", "Rule", "Veil", "load", "rules_of", "veiled_answer"]
