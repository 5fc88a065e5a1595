/**
 * What an operator asks of the running daemon and CRI has no call for: one handler for each verb.
 *
 * <p>A unix socket beside CRI's, for root only. Both sides write lines of JSON. The client asks
 * once and keeps its side open; when it goes, what it asked for ends. The daemon answers with as
 * many objects as the verb has answers, the last line is {@code done} or {@code failed}. Where
 * bytes follow, in either direction, they come in pieces, each after a line with its length:
 *
 * <pre>
 * > {"version":1,"verb":"load","arguments":{"names":[],"pin":false}}
 * > {"content":262144}
 * > (that many bytes of the archive)
 * > {"done":true}
 * < {"id":"sha256:...","names":["docker.io/library/app:1"]}
 * < {"done":true}
 *
 * > {"version":1,"verb":"tag","arguments":{"source":"nobody","name":"app:2"}}
 * < {"failed":{"kind":"NOT_FOUND","message":"no image nobody"}}
 * </pre>
 *
 * <p>A first line that is no JSON is a client's of before; it is told so in its own words.
 */
@NullMarked
package io.jcri.daemon.admin;

import org.jspecify.annotations.NullMarked;
