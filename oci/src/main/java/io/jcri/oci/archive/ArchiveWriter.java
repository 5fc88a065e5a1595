package io.jcri.oci.archive;

import io.jcri.oci.layer.Layer;
import io.jcri.oci.tar.TarEntry;
import io.jcri.oci.tar.TarWriter;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes an archive of an image: plain files that are root's, readable for all and without a time,
 * so that the same content is the same archive. Not thread-safe.
 */
public final class ArchiveWriter {

  private static final int MODE = 0644;

  private final LayerPacker packer;
  private final TarWriter tar;

  /**
   * To a stream, which stays open.
   *
   * @param out should be buffered
   */
  public ArchiveWriter(Syscalls sys, OutputStream out) {
    this.packer = new LayerPacker(sys);
    this.tar = new TarWriter(out);
  }

  /** Adds a file. */
  public void add(String name, byte[] content) throws IOException {
    begin(name, content.length);
    tar.write(content, 0, content.length);
  }

  /** Adds what is in a file that nobody writes to. */
  public void add(String name, Path content) throws IOException {
    begin(name, Files.size(content));
    byte[] buffer = new byte[256 << 10];
    try (InputStream in = Files.newInputStream(content)) {
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        tar.write(buffer, 0, n);
      }
    }
    if (tar.left() > 0) {
      throw new IOException(content + " became shorter while it was read");
    }
  }

  /**
   * Writes a layer's own tar archive, not into this one but to a stream, which stays open.
   *
   * @throws io.jcri.oci.OciException FAILED_PRECONDITION for a tree that a layer cannot hold
   */
  public void packLayer(Layer layer, OutputStream out) throws IOException {
    packer.pack(layer, out);
  }

  /** Ends the archive. */
  public void finish() throws IOException {
    tar.finish();
  }

  private void begin(String name, long size) throws IOException {
    tar.begin(
        new TarEntry(TarEntry.Type.FILE, name, "", MODE, 0, 0, size, 0, 0, 0, 0, Map.of(), false));
  }
}
