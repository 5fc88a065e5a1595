package io.jcri.oci.layer;

import io.jcri.oci.Digest;
import io.jcri.oci.JsonRest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.GroupSync;
import io.jcri.oci.file.KernelFault;
import io.jcri.oci.tar.EntryPath;
import io.jcri.oci.tar.FileAsTar;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import io.jcri.sandbox.mount.OverlayMount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes layers of blobs: whole trees with their records, to be made durable before the store takes
 * them in. It is here that strangers' archives are read. Thread-safe.
 */
public final class LayerMaker {

  private final Syscalls sys;
  private final Mounts mounts;
  private final LayerLimits limits;
  private final LayerUnpacker unpacker;
  private final GroupSync sync;

  /**
   * @param stateRoot any directory of the store's file system
   */
  public LayerMaker(Path stateRoot, Syscalls sys, Mounts mounts) {
    this(stateRoot, sys, mounts, LayerLimits.DEFAULT);
  }

  LayerMaker(Path stateRoot, Syscalls sys, Mounts mounts, LayerLimits limits) {
    this.sys = sys;
    this.mounts = mounts;
    this.limits = limits;
    this.unpacker = new LayerUnpacker(sys, limits);
    this.sync = new GroupSync(sys, stateRoot);
  }

  /** A tree that is whole, and the key that the layer has in the store. */
  private record Made(String key, LayerInfo info) {}

  /**
   * Unpacks a layer. Many are then made durable by one {@link #sync} and committed.
   *
   * @param stack diff IDs from the lowest layer to this one
   * @param blob as in the registry; read to its end, not closed
   * @param blobSize in bytes
   * @param lower waits for the layers below, from the lowest; called only when this one depends on
   *     them
   * @throws OciException DATA_LOSS when the content is damaged or not that of the diff ID; as
   *     {@link LayerUnpacker#unpack}
   */
  public UnsyncedLayer unpack(
      LayerShelf shelf,
      List<Digest> stack,
      InputStream blob,
      long blobSize,
      Supplier<List<Layer>> lower) {
    return unpack(shelf, stack, blob, blobSize, lower, false);
  }

  /**
   * Makes a layer of a blob as it is: one file of root's that everybody may read, and the
   * directories that it is in; otherwise as {@link #unpack}.
   *
   * @param diffId that it is to have, for this path and content only
   * @param path plain: no slash before or behind, no empty component, {@code .}, {@code ..} or
   *     whiteout
   * @param blob of that size, checked by whoever gives it; read to its end, not closed
   */
  public UnsyncedLayer unpackFile(
      LayerShelf shelf, Digest diffId, String path, InputStream blob, long blobSize) {
    if (!path.equals(EntryPath.normal(path)) || path.isEmpty()) {
      throw new IllegalArgumentException(path);
    }
    try (InputStream tar = new FileAsTar(path, blob, blobSize)) {
      return unpack(shelf, List.of(diffId), tar, blobSize, List::of, true);
    } catch (IOException e) {
      throw OciException.ofIo("cannot store layer " + diffId, e);
    }
  }

  /**
   * Makes all layers durable that were made before the call.
   *
   * @throws OciException for what the disk fails with
   */
  public void sync() {
    try {
      sync.sync();
    } catch (ErrnoException e) {
      throw KernelFault.of("cannot make layers durable", e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot make layers durable", e);
    }
  }

  /**
   * @param given whether the diff ID is given, not that of the content
   */
  private UnsyncedLayer unpack(
      LayerShelf shelf,
      List<Digest> stack,
      InputStream blob,
      long blobSize,
      Supplier<List<Layer>> lower,
      boolean given) {
    Path directory = shelf.makeTemporary();
    boolean done = false;
    try {
      Made made = make(directory, stack, blob, blobSize, lower, given);
      Files.write(
          directory.resolve("layer.json"), LayerInfo.FORMAT.encode(made.info(), JsonRest.NONE));
      done = true;
      return new UnsyncedLayer(shelf, new WholeLayer(directory, made.key(), made.info()));
    } catch (ErrnoException e) {
      throw KernelFault.of("cannot store layer " + stack.getLast() + " at " + directory, e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot store layer " + stack.getLast() + " at " + directory, e);
    } finally {
      if (!done) {
        shelf.discard(directory);
      }
    }
  }

  /** Makes the tree {@code diff} in the directory. */
  private Made make(
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
    LayerInfo info =
        new LayerInfo(
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
          SIGNATURE_VALIDATION_FAILED,
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
    DiskUsage usage;
    try {
      usage =
          switch (trees.size()) {
            case 0 -> LayerRebase.apply(sys, limits, unpacked, tree, mountPoint);
            // Nothing is written to it.
            case 1 -> LayerRebase.apply(sys, limits, unpacked, tree, trees.getFirst());
            default -> {
              mounts.overlay(OverlayMount.ofLayers(trees), mountPoint);
              yield LayerRebase.apply(sys, limits, unpacked, tree, mountPoint);
            }
          };
    } catch (OciException e) {
      throw naming("layer " + unpacked.diffId(), e);
    } finally {
      mounts.unmount(mountPoint);
    }
    Files.delete(mountPoint);
    return usage;
  }

  /** Unpacks an archive that is no layer, such as an exported image, into an empty directory. */
  public void unpackArchive(InputStream archive, Path directory) {
    try (LayerStream stream =
        new LayerStream(sys, archive, "import", Long.MAX_VALUE, limits.bytes())) {
      UnpackedLayer _ =
          unpacker.unpack(
              stream,
              Files.createDirectory(directory.resolve("diff")),
              directory.resolve("directories"));
    } catch (OciException e) {
      throw naming("the archive", e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot unpack the archive into " + directory, e);
    }
  }
}
