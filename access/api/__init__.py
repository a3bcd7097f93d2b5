"""The archive for programs: `/api/v1`, read-only, described by its own OpenAPI document.

serving     the archive that is served, its options and its bounds
guard       what every request passes: methods, names, room, headers
problems    every error as problem details (RFC 9457)
answers     every answer: entity tag, compression
"""
