package io.jcri.daemon.cri.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerConfig;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.cri.message.ContainerMessages;
import io.jcri.oci.Json;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ContainerConfigsTest {
  private static ContainerConfig read(Consumer<io.jcri.cri.v1.ContainerConfig.Builder> more) {
    CreateContainerRequest.Builder request = CreateContainerRequest.newBuilder();
    request.getConfigBuilder().getMetadataBuilder().setName("main");
    request.getConfigBuilder().getImageBuilder().setImage("an/image");
    more.accept(request.getConfigBuilder());
    return ContainerConfigs.read(request.build());
  }

  private static ContainerConfig recorded(ContainerConfig config) {
    return Json.parse(Json.toBytes(config), ContainerConfig.class);
  }

  @Test
  void whatIsSaidOfTheImageIsGivenBack() {
    ContainerConfig config = read(c -> c.getImageBuilder().putAnnotations("team", "web"));
    Container container = Samples.container("c", "p", 1).withConfig(recorded(config));
    assertThat(ContainerMessages.row(container).getImage().getAnnotationsMap())
        .isEqualTo(ContainerMessages.status(container).getImage().getAnnotationsMap())
        .isEqualTo(Map.of("team", "web"));
    assertThat(ContainerMessages.status(container).getAnnotationsMap())
        .as("the container's own are others")
        .isEmpty();
  }

  @Test
  void theImagesHandlerIsKeptAndNotTold() {
    ContainerConfig config = recorded(read(c -> c.getImageBuilder().setRuntimeHandler("kata")));
    assertThat(config.imageHandler()).contains("kata");
    assertThat(recorded(read(c -> {})).imageHandler()).isEmpty();
    Container container = Samples.container("c", "p", 1).withConfig(config);
    assertThat(ContainerMessages.row(container).getImage().getRuntimeHandler()).isEmpty();
  }
}
