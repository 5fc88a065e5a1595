package io.jcri.daemon.cri.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.IDMapping;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.Mount;
import io.jcri.cri.v1.MountPropagation;
import io.jcri.daemon.container.ImageVolume;
import io.jcri.daemon.container.VolumeMount;
import io.jcri.daemon.core.JcriException;
import io.jcri.oci.runtime.BindMounts.Propagation;
import io.jcri.oci.spec.IdMapping;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MountConfigsTest {
  private static final IDMapping IDS =
      IDMapping.newBuilder().setContainerId(0).setHostId(100000).setLength(65536).build();

  @Test
  void readsEveryField() {
    VolumeMount mount =
        read(m ->
            m.setReadonly(true)
                .setRecursiveReadOnly(true)
                .setSelinuxRelabel(true)
                .addUidMappings(IDS)
                .addGidMappings(IDS)
                .addMountOptions("noexec"));
    assertThat(mount)
        .isEqualTo(
            new VolumeMount(
                "/data",
                "/host",
                true,
                true,
                Propagation.PRIVATE,
                List.of(new IdMapping(0, 100000, 65536)),
                List.of(new IdMapping(0, 100000, 65536)),
                List.of("noexec"),
                java.util.Optional.empty(),
                true));
    assertThat(read(m -> m.setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL)))
        .extracting(VolumeMount::propagation, VolumeMount::readOnly, VolumeMount::relabel)
        .containsExactly(Propagation.BIDIRECTIONAL, false, false);
  }

  @Test
  void anImageVolumeCanOnlyBeRead() {
    VolumeMount mount =
        read(m ->
            m.clearHostPath()
                .setImage(
                    ImageSpec.newBuilder().setImage("an/image").setUserSpecifiedImage("image"))
                .setImageSubPath("sub")
                .setReadonly(true));
    assertThat(mount.image())
        .contains(new ImageVolume("an/image", "image", "sub", java.util.Optional.empty()));
    assertThat(mount.readOnly()).isTrue();
  }

  @Test
  void refusesContradictionsByContainerPath() {
    refused("absolute", m -> m.setContainerPath("data"));
    refused("root", m -> m.setContainerPath("/a/.."));
    refused("host_path must be absolute", m -> m.setHostPath("host"));
    refused("host_path must be absolute", m -> m.clearHostPath());
    refused("needs readonly", m -> m.setRecursiveReadOnly(true));
    refused("one another", m -> m.addUidMappings(IDS));
    refused("one another", m -> m.addGidMappings(IDS));
    refused("mount_options: \"ro\"", m -> m.addMountOptions("ro"));
    refused("image_sub_path needs an image", m -> m.setImageSubPath("x"));
    refused("propagation", m -> m.setPropagationValue(77));
    refused("exclude one another", m -> m.setImage(ImageSpec.newBuilder().setImage("x")));
    refused(
        "an image volume needs readonly",
        m -> m.clearHostPath().setImage(ImageSpec.newBuilder().setImage("x")));
    refused("image.image", m -> m.clearHostPath().setImage(ImageSpec.getDefaultInstance()));
    refused(
        "private propagation",
        m ->
            m.clearHostPath()
                .setImage(ImageSpec.newBuilder().setImage("x"))
                .setPropagation(MountPropagation.PROPAGATION_HOST_TO_CONTAINER));
  }

  private static void refused(String part, Consumer<Mount.Builder> change) {
    assertThatThrownBy(() -> read(change))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("config.mounts")
        .hasMessageContaining(part);
  }

  private static VolumeMount read(Consumer<Mount.Builder> change) {
    Mount.Builder mount = Mount.newBuilder().setContainerPath("/data").setHostPath("/host");
    change.accept(mount);
    return MountConfigs.read(ContainerConfig.newBuilder().addMounts(mount).build()).getFirst();
  }
}
