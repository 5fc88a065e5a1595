package io.jcri.daemon.admin;

import io.jcri.daemon.config.Setting;
import java.io.IOException;
import java.util.Map;

/** {@code config}: what counts for each key, and where that comes from. */
final class ShowConfig implements AdminHandler {
  private final ConfigControl config;

  ShowConfig(ConfigControl config) {
    this.config = config;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    for (Map.Entry<String, Setting> entry : config.current().settings().entrySet()) {
      Setting setting = entry.getValue();
      call.answer(
          new ConfigMessages.Row(entry.getKey(), setting.value(), setting.origin().toString()));
    }
  }
}
