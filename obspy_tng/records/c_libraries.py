"""
One lock around the C libraries inside ObsPy that two threads must not enter at once.

ObsPy's wrapper of libmseed sets the library's logging callbacks anew for every call; a
thread that still uses those of another crashes the interpreter now and then (ObsPy
#3114). evalresp keeps its state in globals. Whatever reads or writes MiniSEED, or
evaluates a full response, where threads may be at work, holds :data:`C_LIBRARIES`.
"""

import threading

#: reentrant: a client that reads under the lock may itself be called under it
C_LIBRARIES = threading.RLock()
