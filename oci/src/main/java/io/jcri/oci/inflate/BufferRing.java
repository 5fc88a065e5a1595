package io.jcri.oci.inflate;

import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Buffers outside the heap in one mapping of their own, so that their memory goes back to the
 * system the moment they are closed: the C library would keep it for later. Nothing is paid for
 * what is never touched.
 */
public final class BufferRing implements AutoCloseable {

  private final Arena arena = Arena.ofShared();
  private final List<ByteBuffer> buffers = new ArrayList<>();

  public BufferRing(Syscalls sys, int count, int size) throws IOException {
    try (Fd memory = sys.memfdCreate("jcri-buffers");
        FileChannel channel =
            FileChannel.open(
                Path.of(memory.procPath()), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long whole = (long) count * size;
      sys.ftruncate(memory, whole);
      MemorySegment mapping = channel.map(FileChannel.MapMode.READ_WRITE, 0, whole, arena);
      for (int i = 0; i < count; i++) {
        buffers.add(mapping.asSlice((long) i * size, size).asByteBuffer());
      }
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  List<ByteBuffer> buffers() {
    return buffers;
  }

  /** Only when no thread uses a buffer any more. */
  @Override
  public void close() {
    arena.close();
  }
}
