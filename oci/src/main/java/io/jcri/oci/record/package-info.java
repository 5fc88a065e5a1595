/**
 * What lies on disk for longer than a version of jcri: how it is framed, which versions of it are
 * read and written, and what a file that cannot be read is taken for.
 *
 * <pre>
 * format     framing  an example
 * pod        HEADER   {"version":1,"crc32c":"1c291ca3"}
 * container           {"id":"6f2a…","phase":"READY",…}
 * layer      KEY      {"version":1,"diffId":"sha256:…","bytes":4096,…,"crc32c":"05d3a1f7"}
 * snapshot            {"version":1,"layers":["KEY",…],"readOnly":false,"crc32c":"8e0a66b1"}
 * </pre>
 *
 * <p>A new key needs no new version: who does not know it skips it, and {@link
 * io.jcri.oci.record.RecordFormat} writes it again. What an older reader would misunderstand is a
 * {@link io.jcri.oci.record.RecordStep}.
 */
@NullMarked
package io.jcri.oci.record;

import org.jspecify.annotations.NullMarked;
