package io.jcri.daemon.cri.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.cri.v1.CDIDevice;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.daemon.core.JcriException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CdiNamesTest {
  @Test
  void joinsTheFieldAndTheAnnotations() {
    ContainerConfig config =
        ContainerConfig.newBuilder()
            .addCDIDevices(CDIDevice.newBuilder().setName("v.com/gpu=1"))
            .addCDIDevices(CDIDevice.newBuilder().setName("v.com/gpu=0"))
            .putAnnotations("cdi.k8s.io/z", "v.com/nic=a:b_c.d")
            .putAnnotations("cdi.k8s.io/a", "v.com/gpu=0,v.com/gpu=all")
            .putAnnotations("cdi.k8s.io", "not ours")
            .build();
    assertThat(CdiNames.read(config))
        .containsExactly("v.com/gpu=1", "v.com/gpu=0", "v.com/gpu=all", "v.com/nic=a:b_c.d");
    assertThat(CdiNames.read(ContainerConfig.getDefaultInstance())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "gpu",
        "v.com/gpu",
        "v.com/gpu=",
        "=x",
        "/gpu=x",
        "v.com/=x",
        "1v/gpu=x",
        "v-/gpu=x",
        "v.com/gpu=-x",
        "v.com/gpu=x ",
        "v.com/gpu=x/y",
        "/dev/null",
        "v.com/a/b=x"
      })
  void refusesWhatIsNoName(String name) {
    ContainerConfig field =
        ContainerConfig.newBuilder().addCDIDevices(CDIDevice.newBuilder().setName(name)).build();
    ContainerConfig annotation =
        ContainerConfig.newBuilder().putAnnotations("cdi.k8s.io/p", "v.com/gpu=0," + name).build();
    assertThatThrownBy(() -> CdiNames.read(field))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("config.CDI_devices")
        .hasMessageContaining("\"" + name + "\"");
    assertThatThrownBy(() -> CdiNames.read(annotation))
        .hasMessageContaining("cdi.k8s.io/p")
        .hasMessageContaining("\"" + name + "\"");
  }
}
