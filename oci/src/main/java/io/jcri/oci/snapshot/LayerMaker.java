package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import io.jcri.sandbox.mount.OverlayMount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Makes a layer's tree of its blob, in a temporary directory of the store. Thread-safe. */
final class LayerMaker {

  private final Syscalls sys;
  private final Mounts mounts;
  private final LayerLimits limits;
  private final LayerUnpacker unpacker;

  LayerMaker(Syscalls sys, Mounts mounts, LayerLimits limits) {
    this.sys = sys;
    this.mounts = mounts;
    this.limits = limits;
    this.unpacker = new LayerUnpacker(sys, limits);
  }

  /**
   * A tree that is whole.
   *
   * @param key that the layer has in the store
   */
  record Made(String key, LayerIndex.Info info) {}

  /**
   * As {@link LayerStore#unpack}; the tree is {@code diff} in the directory.
   *
   * @param given whether the diff ID is given, not that of the content
   */
  Made make(
      Path directory,
      List<Digest> stack,
      InputStream blob,
      long blobSize,
      Supplier<List<Layer>> lower,
      boolean given)
      throws IOException {
    Path tree = Files.createDirectory(directory.resolve("diff"));
    UnpackedLayer unpacked = unpackInto(directory, stack.getLast(), blob, blobSize, given);
    String key = stack.getLast().hex();
    DiskUsage usage = unpacked.usage();
    if (!unpacked.isIndependent()) {
      key = ChainIds.key(ChainIds.of(stack).getLast());
      usage = rebase(unpacked, tree, directory.resolve("lower"), lower.get());
    }
    LayerIndex.Info info =
        new LayerIndex.Info(
            1,
            unpacked.diffId(),
            usage.bytes(),
            usage.inodes(),
            unpacked.hasRoot(),
            unpacked.opaqueRoot());
    return new Made(key, info);
  }

  private UnpackedLayer unpackInto(
      Path directory, Digest diffId, InputStream blob, long blobSize, boolean given)
      throws IOException {
    String name = diffId.hex().substring(0, 8);
    try (LayerStream stream = new LayerStream(sys, blob, name, blobSize, limits.bytes())) {
      UnpackedLayer unpacked =
          unpacker.unpack(stream, directory.resolve("diff"), directory.resolve("directories"));
      if (given) {
        return unpacked.withDiffId(diffId);
      }
      if (!unpacked.diffId().equals(diffId)) {
        throw new OciException(
            OciException.Kind.DATA_LOSS,
            "it has the diff ID " + unpacked.diffId() + ", not the one of the image's config");
      }
      return unpacked;
    } catch (OciException e) {
      throw naming("layer " + diffId, e);
    }
  }

  /** What is wrong with an archive is said of "it", or of something in it. */
  private static OciException naming(String archive, OciException e) {
    return switch (e.kind()) {
      case INVALID, DATA_LOSS, RESOURCE_EXHAUSTED ->
          new OciException(e.kind(), archive + ": " + e.getMessage(), e);
      // These tell of a host, which has been named.
      case NOT_FOUND,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          UNAVAILABLE,
          FAILED_PRECONDITION,
          DEADLINE_EXCEEDED,
          CANCELLED,
          INTERNAL ->
          e;
    };
  }

  /** Completes a tree that depends on the layers below; returns what it takes now. */
  private DiskUsage rebase(UnpackedLayer unpacked, Path tree, Path mountPoint, List<Layer> lower)
      throws IOException {
    if (lower.isEmpty() && unpacked.missingLinks().isEmpty()) {
      return unpacked.usage();
    }
    Files.createDirectory(mountPoint);
    List<Path> trees = Stacks.directories(lower);
    if (!trees.isEmpty()) {
      mounts.overlay(OverlayMount.ofLayers(trees), mountPoint);
    }
    DiskUsage usage;
    try {
      usage = LayerRebase.apply(sys, limits, unpacked, tree, mountPoint);
    } catch (OciException e) {
      throw naming("layer " + unpacked.diffId(), e);
    } finally {
      mounts.unmount(mountPoint);
    }
    Files.delete(mountPoint);
    return usage;
  }

  /** As {@link LayerStore#unpackArchive}. */
  void unpackArchive(InputStream archive, Path directory) throws IOException {
    try (LayerStream stream =
        new LayerStream(sys, archive, "import", Long.MAX_VALUE, limits.bytes())) {
      UnpackedLayer _ =
          unpacker.unpack(
              stream,
              Files.createDirectory(directory.resolve("diff")),
              directory.resolve("directories"));
    } catch (OciException e) {
      throw naming("the archive", e);
    }
  }
}
