package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.snapshot.Commands;
import io.jcri.oci.snapshot.Snapshot;
import io.jcri.oci.snapshot.Snapshotter;
import io.jcri.oci.snapshot.TreeListing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.SortedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images of this machine's Debian packages, made by different builders: the root file system is the
 * one that umoci unpacks, in names, types, modes, owners, times, attributes, links and devices.
 */
class DebianImagesKernelTest extends ImageStoreFixture {

  /** A tree of packages and of what packages seldom have, in {@code base}. */
  private static final String BASE =
      """
      dpkg-query -L perl-base passwd tzdata bsdutils | grep -E '^/(usr|etc|[.])' | sort -u | while read -r f; do
        if [ -e "$f" ] || [ -L "$f" ]; then printf '.%s\\n' "$f"; fi
      done > files
      mkdir base
      tar -C / --no-recursion --xattrs --xattrs-include='*' -T "$PWD/files" -cf - |
        tar -C base --xattrs --xattrs-include='*' -xpf -
      mkdir -p base/dev base/run base/srv/old/deep base/srv/merged
      mknod base/dev/null c 1 3
      mknod base/dev/loop7 b 7 7
      mkfifo -m 600 base/run/pipe
      cp /bin/true base/usr/bin/capable
      setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 base/usr/bin/capable
      setfattr -n user.note -v 'of a directory' base/srv
      ln base/usr/bin/capable base/srv/linked
      ln -s ../usr/bin/capable base/srv/soft
      echo old > base/srv/old/deep/file
      echo one > base/srv/merged/one
      printf 'name' > "$(printf 'base/srv/latin-\\351')"
      chown -h 1000:2000 base/srv/soft base/srv/old
      chmod 4711 base/usr/bin/capable
      chmod 1777 base/run
      find base -depth -newermt '2026-01-01' -exec touch -h -d '2021-03-04 05:06:07.123456789' {} +
      """;

  /** Layers as a builder writes them that knows all of the format, in {@code layout}. */
  private static final String BY_HAND =
      """
      pack() { tar --format=pax --xattrs --xattrs-include='*' --numeric-owner --sort=name -C "$1" -cf "$1.tar" .; }
      pack base
      mkdir -p two/srv/old two/srv/merged two/usr/share/zoneinfo/America two/usr/share/zoneinfo/Europe
      : > two/usr/share/zoneinfo/Europe/.wh.Berlin
      : > two/usr/share/zoneinfo/.wh.Asia
      : > two/usr/share/zoneinfo/America/.wh..wh..opq
      echo new > two/usr/share/zoneinfo/America/Nowhere
      echo two > two/srv/merged/two
      chmod 2750 two/srv/merged
      chown 7:8 two/srv/merged
      cp -a base/usr/bin/capable two/srv/aaa
      ln two/srv/aaa two/srv/across
      find two -depth -exec touch -h -d '2022-03-04 05:06:07.5' {} +
      pack two
      # What is left is a link to a file of the layer below.
      tar --delete -f two.tar ./srv/aaa
      mkdir -p three/srv three/usr/share/zoneinfo/Europe
      echo 'a file now' > three/srv/old
      mkdir three/srv/soft
      echo in > three/srv/soft/in
      echo back > three/usr/share/zoneinfo/Europe/Berlin
      ln -s nowhere three/srv/merged
      find three -depth -exec touch -h -d '2023-03-04 05:06:07' {} +
      pack three
      cp -a base/usr/bin/capable base/srv/aaa
      touch -d '2021-03-04 05:06:07.123456789' base/srv
      pack base
      layout=$PWD/layout/blobs/sha256
      mkdir -p "$layout"
      blob() { d=$(sha256sum "$1" | cut -c-64); cp "$1" "$layout/$d"; echo "\\"digest\\":\\"sha256:$d\\",\\"size\\":$(stat -c %s "$1")"; }
      layers= ids=
      for i in base two three; do
        id=$(sha256sum $i.tar | cut -c-64)
        gzip -1n $i.tar
        layers="$layers,{\\"mediaType\\":\\"application/vnd.oci.image.layer.v1.tar+gzip\\",$(blob $i.tar.gz)}"
        ids="$ids,\\"sha256:$id\\""
      done
      echo "{\\"architecture\\":\\"amd64\\",\\"os\\":\\"linux\\",\\"config\\":{},\\"rootfs\\":{\\"type\\":\\"layers\\",\\"diff_ids\\":[${ids#,}]}}" > config
      echo "{\\"schemaVersion\\":2,\\"mediaType\\":\\"application/vnd.oci.image.manifest.v1+json\\",\\"config\\":{\\"mediaType\\":\\"application/vnd.oci.image.config.v1+json\\",$(blob config)},\\"layers\\":[${layers#,}]}" > manifest
      echo "{\\"schemaVersion\\":2,\\"manifests\\":[{\\"mediaType\\":\\"application/vnd.oci.image.manifest.v1+json\\",$(blob manifest),\\"annotations\\":{\\"org.opencontainers.image.ref.name\\":\\"t\\"}}]}" > layout/index.json
      echo '{"imageLayoutVersion":"1.0.0"}' > layout/oci-layout
      """;

  private static final String BY_UMOCI =
      """
      umoci init --layout layout
      umoci new --image layout:t
      umoci unpack --image layout:t made
      tar -C base --xattrs --xattrs-include='*' -cf - . | tar -C made/rootfs --xattrs --xattrs-include='*' -xpf -
      umoci repack --refresh-bundle --image layout:t made
      rm -r made/rootfs/usr/share/zoneinfo/Asia made/rootfs/srv/old
      echo 'a file now' > made/rootfs/srv/old
      ln made/rootfs/srv/linked made/rootfs/srv/again
      mv made/rootfs/srv/merged made/rootfs/srv/moved
      chmod 700 made/rootfs/run
      umoci repack --refresh-bundle --image layout:t made
      mkdir inserted
      echo new > inserted/new
      umoci insert --image layout:t --opaque inserted /usr/share/zoneinfo/America
      umoci insert --image layout:t --whiteout /usr/share/zoneinfo/Africa
      umoci insert --image layout:t base/usr/bin/capable /srv/moved/capable
      """;

  private static final String BY_BUILDAH =
      """
      b() { buildah --root "$PWD/store" --runroot "$PWD/run" --storage-driver vfs "$@"; }
      c=$(b from scratch)
      m=$(b mount "$c")
      tar -C base --xattrs --xattrs-include='*' -cf - . | tar -C "$m" --xattrs --xattrs-include='*' -xpf -
      b commit -q "$c" one
      c=$(b from one)
      b copy -q "$c" base/usr/bin /opt/bin
      b commit -q "$c" two
      c=$(b from two)
      m=$(b mount "$c")
      rm -r "$m/usr/share/zoneinfo/Asia" "$m/srv/old"
      echo 'a file now' > "$m/srv/old"
      mv "$m/srv/merged" "$m/srv/moved"
      ln "$m/srv/linked" "$m/srv/again"
      chmod 700 "$m/run"
      b commit -q "$c" oci:layout:t
      b rm -a > rm.log
      """;

  private static final java.util.Map<String, String> BUILDERS =
      java.util.Map.of("hand", BY_HAND, "umoci", BY_UMOCI, "buildah", BY_BUILDAH);

  @ParameterizedTest
  @ValueSource(strings = {"hand", "umoci", "buildah"})
  void theRootFileSystemIsThatOfUmoci(String builder) throws IOException {
    Commands.sh(temp, BASE);
    Commands.sh(temp, java.util.Objects.requireNonNull(BUILDERS.get(builder)));
    Commands.sh(
        temp,
        """
        umoci unpack --image layout:t bundle
        tar -C layout -cf layout.tar .
        """);
    ImageStore store = open();
    Image image;
    try (InputStream archive = Files.newInputStream(temp.resolve("layout.tar"))) {
      image = store.importArchive(archive).getFirst();
    }
    Snapshot snapshot =
        store.snapshots().prepare("c", image.diffIds(), Snapshotter.Options.DEFAULT);
    SortedMap<String, String> expected = TreeListing.of(temp.resolve("bundle/rootfs"));
    SortedMap<String, String> actual = TreeListing.of(snapshot.rootfs());
    assertThat(expected).hasSizeGreaterThan(500).containsKeys("dev/loop7", "srv/old");
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    for (String path : expected.keySet()) {
      assertThat(line(path, actual)).as(path).isEqualTo(line(path, expected));
    }
    store.removeSnapshot("c");
  }

  /** The root of an image that says nothing of it has any time. */
  private static String line(String path, SortedMap<String, String> listing) {
    String line = listing.getOrDefault(path, "");
    return path.isEmpty() ? line.replaceFirst(" [0-9]+[.][0-9]{9}", "") : line;
  }
}
