package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.tar.Tars;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries that builders write though one could do without them. */
class OddEntriesKernelTest extends SnapshotFixture {

  private static final Map<String, String> USER_XATTR = Map.of("SCHILY.xattr.user.x", "y");

  OddEntriesKernelTest(@TempDir Path root) {
    super(root);
  }

  private SortedMap<String, String> unpacked(Tars lower, Tars upper) throws IOException {
    List<Digest> stack = unpack(lower.build(), upper.build());
    Snapshot snapshot = snapshots.prepare("c", stack, Snapshotter.Options.DEFAULT);
    return TreeListing.of(snapshot.rootfs());
  }

  @Test
  void aHardLinkToALowerFileNeedsNoEntryForItsDirectory() throws IOException {
    SortedMap<String, String> tree =
        unpacked(
            new Tars().file("base", "x").directory("closed", 0700),
            new Tars()
                .hardLink("new/below/link", "base")
                .hardLink("closed/link", "base")
                .file("new/after", "y"));
    assertThat(tree.keySet())
        .contains("base", "new/below/link", "new/after", "closed", "closed/link");
    assertThat(tree.get("new")).startsWith("40755 0:0");
    assertThat(tree.get("new/below")).startsWith("40755 0:0");
    assertThat(tree.get("closed")).startsWith("40700 0:0");
    assertThat(tree.get("new/below/link")).isEqualTo(tree.get("base"));
  }

  /** As umoci repack writes them. */
  @Test
  void whiteoutsBelowAFileHideNothingMore() throws IOException {
    SortedMap<String, String> tree =
        unpacked(
            new Tars().file("d/e/f", "x").file("kept/a", "a").file("kept/b", "b"),
            new Tars()
                .file("d", "a file")
                .file("d/.wh.e", "")
                .file("d/e/.wh.f", "")
                .file("kept/.wh.a", ""));
    assertThat(tree.keySet()).containsExactly("", "d", "kept", "kept/b");
    assertThat(tree.get("d")).contains("size=6");
  }

  @Test
  void attributesThatALinkOrDeviceCannotHaveAreLeftOut() throws IOException {
    SortedMap<String, String> tree =
        unpacked(
            new Tars().file("file", "x", 0644, 0, 0, USER_XATTR),
            new Tars()
                .special("link", (byte) '2', "file", USER_XATTR)
                .special("null", (byte) '3', "", USER_XATTR)
                .special("pipe", (byte) '6', "", USER_XATTR));
    assertThat(tree.keySet()).contains("file", "link", "null", "pipe");
    assertThat(tree.get("file")).contains("user.x");
    assertThat(tree.get("link")).doesNotContain("user.x");
  }
}
