package io.jcri.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StacksTest {

  private static Layer layer(String name, boolean opaqueRoot) {
    return new Layer(name, Path.of("/" + name), DiskUsage.NONE, false, opaqueRoot);
  }

  @Test
  void eachDirectoryIsNamedOnceWhereItIsTopmost() {
    Layer a = layer("a", false);
    Layer b = layer("b", false);
    assertThat(Stacks.directories(List.of(a, b, a))).containsExactly(a.directory(), b.directory());
    assertThat(Stacks.directories(List.of(a, a))).containsExactly(a.directory());
  }

  @Test
  void whatAnOpaqueLayerHidesIsLeftOutAtItsTopmostPlace() {
    Layer a = layer("a", false);
    Layer opaque = layer("o", true);
    assertThat(Stacks.directories(List.of(a, opaque, a, opaque))).containsExactly(Path.of("/o"));
    assertThat(Stacks.directories(List.of(a, opaque, a)))
        .containsExactly(Path.of("/a"), Path.of("/o"));
  }

  @Test
  void moreThanTheKernelTakesIsRefusedByItsLimit() {
    List<Layer> stack = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      stack.add(layer("l" + i, false));
    }
    stack.addAll(List.copyOf(stack));
    assertThat(Stacks.directories(stack)).hasSize(500);
    stack.add(layer("more", false));
    assertThatThrownBy(() -> Stacks.directories(stack))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID))
        .hasMessage("image has 501 different layers, the limit of overlayfs is 500");
  }
}
