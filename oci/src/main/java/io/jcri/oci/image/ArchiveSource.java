package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An exported image archive that was unpacked into a directory: an OCI image layout (OCI
 * image-spec, image-layout.md), or what {@code docker save} wrote before it used that layout. Paths
 * in it are resolved with the directory as their root.
 */
final class ArchiveSource implements ImageSource, AutoCloseable {

  private static final int MAX_DOCUMENT = (int) ImageLimits.DOCUMENT.bytes();
  private static final String NAME = "io.containerd.image.name";
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  private record DockerImage(
      @Json.Name("Config") String config,
      @Json.Name("RepoTags") List<String> repoTags,
      @Json.Name("Layers") List<String> layers) {}

  private record Layout(Optional<List<Descriptor>> manifests) {}

  private final Syscalls sys;
  private final Fd root;

  /** Manifests made up for a Docker archive, by digest. */
  private final Map<Digest, byte[]> made = new HashMap<>();

  /** Files of a Docker archive, by the digests given to them. */
  private final Map<Digest, String> files = new HashMap<>();

  /** The same files by name: images of one archive share them, and each is read once. */
  private final Map<String, Descriptor> registered = new HashMap<>();

  ArchiveSource(Syscalls sys, Path directory) throws IOException {
    this.sys = sys;
    this.root = sys.open(directory.toString(), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0);
  }

  /**
   * The images that the archive names: each once, with all its names.
   *
   * @throws OciException INVALID, also when there are more than {@link ImageLimits} has it
   */
  List<ArchiveImage> entries() {
    byte[] index = read("index.json");
    byte[] manifest = read("manifest.json");
    Collection<ArchiveImage> entries;
    if (index != null) {
      entries = merged(layoutEntries(index, manifest));
    } else if (manifest != null) {
      entries = merged(dockerImages(manifest).stream().map(this::dockerEntry).toList());
    } else {
      throw invalid("it has neither index.json nor manifest.json");
    }
    if (entries.size() > ImageLimits.ARCHIVE_IMAGES) {
      throw new OciException(
          OciException.Kind.INVALID,
          "the archive holds %d images, the limit is %d"
              .formatted(entries.size(), ImageLimits.ARCHIVE_IMAGES));
    }
    return List.copyOf(entries);
  }

  /** To take up an image again for each of its names would take the square of their number. */
  private static Collection<ArchiveImage> merged(List<ArchiveImage> entries) {
    Map<Digest, ArchiveImage> byManifest = new LinkedHashMap<>();
    Map<Digest, List<ImageReference>> names = new HashMap<>();
    for (ArchiveImage entry : entries) {
      Digest digest = entry.manifest().digest();
      byManifest.putIfAbsent(digest, entry);
      names.computeIfAbsent(digest, d -> new ArrayList<>()).addAll(entry.names());
    }
    byManifest.replaceAll((digest, entry) ->
        new ArchiveImage(entry.manifest(), names.getOrDefault(digest, List.of()), entry.genuine()));
    return byManifest.values();
  }

  private static List<ArchiveImage> layoutEntries(byte[] index, byte @Nullable [] docker) {
    List<ArchiveImage> entries = new ArrayList<>();
    for (Descriptor descriptor :
        Json.parse(index, Layout.class, ImageLimits.DOCUMENT).manifests().orElse(List.of())) {
      if (!MediaTypes.isIndex(descriptor.mediaType())
          && !MediaTypes.isManifest(descriptor.mediaType())) {
        continue;
      }
      List<ImageReference> names = new ArrayList<>();
      String name =
          descriptor.annotations().getOrDefault(NAME, descriptor.annotations().get(REF_NAME));
      // A bare tag, which the specification also allows, names nothing.
      if (name != null && (name.contains("/") || name.contains(":"))) {
        names.add(ImageReference.parse(name));
      }
      entries.add(new ArchiveImage(descriptor, names, true));
    }
    if (entries.size() == 1 && entries.getFirst().names().isEmpty() && docker != null) {
      // docker save writes both, and the tags into its own file only.
      List<ImageReference> names =
          dockerImages(docker).stream()
              .flatMap(i -> i.repoTags().stream())
              .map(ImageReference::parse)
              .toList();
      return List.of(new ArchiveImage(entries.getFirst().manifest(), names, true));
    }
    return entries;
  }

  private static List<DockerImage> dockerImages(byte[] manifest) {
    // A list may hold null, whatever its type says.
    return Stream.of(Json.parse(manifest, DockerImage[].class, ImageLimits.DOCUMENT))
        .filter(Objects::nonNull)
        .toList();
  }

  /** Such an archive has no manifest: one is made, with the files' own digests. */
  private ArchiveImage dockerEntry(DockerImage image) {
    Descriptor config = register(image.config(), MediaTypes.DOCKER_CONFIG);
    List<Map<String, Object>> layers = new ArrayList<>();
    for (String layer : image.layers()) {
      layers.add(json(register(layer, MediaTypes.DOCKER_LAYER)));
    }
    byte[] manifest =
        Json.toBytes(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaTypes.DOCKER_MANIFEST,
                "config",
                json(config),
                "layers",
                layers));
    Descriptor descriptor = Descriptor.of(MediaTypes.DOCKER_MANIFEST, manifest);
    made.put(descriptor.digest(), manifest);
    return new ArchiveImage(
        descriptor, image.repoTags().stream().map(ImageReference::parse).toList(), false);
  }

  private static Map<String, Object> json(Descriptor descriptor) {
    return Map.of(
        "mediaType", descriptor.mediaType(),
        "digest", descriptor.digest().toString(),
        "size", descriptor.size());
  }

  private Descriptor register(String file, String mediaType) {
    Descriptor known = registered.get(file);
    if (known != null) {
      return new Descriptor(mediaType, known.digest(), known.size());
    }
    var hash = Digest.newSha256();
    long size = 0;
    try (InputStream in = open(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        hash.update(buffer, 0, n);
        size += n;
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + file + " of the archive", e);
    }
    Digest digest = Digest.ofHash(hash.digest());
    files.put(digest, file);
    Descriptor descriptor = new Descriptor(mediaType, digest, size);
    registered.put(file, descriptor);
    return descriptor;
  }

  @Override
  public byte[] document(Descriptor descriptor, int maxBytes) {
    byte[] content = made.get(descriptor.digest());
    if (content != null) {
      return content;
    }
    // What the descriptor promises was accounted for, and is no more than the limit.
    int most = (int) Math.min(descriptor.size(), maxBytes);
    try (InputStream in = blob(descriptor, 0)) {
      byte[] read = in.readNBytes(most + 1);
      if (read.length > most) {
        throw invalid(descriptor.digest() + " has more than " + most + " bytes");
      }
      return read;
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + descriptor.digest() + " of the archive", e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Who keeps images unpacked no longer has the blobs that a manifest names, but can make the
   * layers' tar archives: one may lie in its blob's place, named by its diff ID. That is as good:
   * the manifest names the config, and the config the diff ID.
   */
  @Override
  public Descriptor layer(Descriptor blob, Digest diffId) {
    if (size(file(blob.digest())).isPresent()) {
      return blob;
    }
    return size(file(diffId))
        .map(size -> new Descriptor(MediaTypes.OCI_LAYER, diffId, size))
        .orElse(blob);
  }

  private Optional<Long> size(String file) {
    try (Fd opened = openFile(file)) {
      return Optional.of(sys.fstat(opened).size());
    } catch (OciException e) {
      if (e.kind() == OciException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    } catch (IOException e) {
      throw OciException.ofIo("cannot look at " + file + " of the archive", e);
    }
  }

  private String file(Digest digest) {
    return files.getOrDefault(digest, "blobs/" + digest.algorithm() + "/" + digest.hex());
  }

  @Override
  public InputStream blob(Descriptor descriptor, long offset) {
    String file = file(descriptor.digest());
    InputStream in = open(file);
    try {
      in.skipNBytes(offset);
      return in;
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + file + " of the archive", e);
    }
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  private byte @Nullable [] read(String file) {
    try (InputStream in = open(file)) {
      byte[] content = in.readNBytes(MAX_DOCUMENT + 1);
      if (content.length > MAX_DOCUMENT) {
        throw invalid(file + " has more than " + MAX_DOCUMENT + " bytes");
      }
      return content;
    } catch (OciException e) {
      if (e.kind() == OciException.Kind.NOT_FOUND) {
        return null;
      }
      throw e;
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + file + " of the archive", e);
    }
  }

  private Fd openFile(String file) {
    Fd opened;
    try {
      int flags = OpenFlags.READ_ONLY | OpenFlags.NONBLOCK;
      opened = sys.openat2(root, file, flags, 0, OpenFlags.RESOLVE_HOSTILE);
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.ENAMETOOLONG, Errno.EINVAL)) {
        throw new OciException(OciException.Kind.NOT_FOUND, "the archive has no " + file, e);
      }
      throw OciException.ofIo("cannot open " + file + " of the archive", e);
    }
    try {
      if (!sys.fstat(opened).isRegular()) {
        throw invalid(file + " is not a file");
      }
      return opened;
    } catch (IOException e) {
      opened.close();
      throw OciException.ofIo("cannot open " + file + " of the archive", e);
    } catch (OciException e) {
      opened.close();
      throw e;
    }
  }

  private InputStream open(String file) {
    Fd opened = openFile(file);
    try {
      InputStream in = Files.newInputStream(Path.of(opened.procPath()));
      return new FilterInputStream(in) {
        @Override
        public void close() throws IOException {
          super.close();
          opened.close();
        }
      };
    } catch (IOException e) {
      opened.close();
      throw OciException.ofIo("cannot open " + file + " of the archive", e);
    }
  }

  private static OciException invalid(String why) {
    return new OciException(OciException.Kind.INVALID, "not an image archive: " + why);
  }

  @Override
  public void close() {
    root.close();
  }
}
