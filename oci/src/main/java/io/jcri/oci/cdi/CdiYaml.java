package io.jcri.oci.cdi;

import io.jcri.oci.OciException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * YAML of which every scalar stays the text that it is; {@link Fields} gives it the type that is
 * wanted. Size, depth and aliases are bounded by the parser; the same key twice is an error.
 */
final class CdiYaml implements Schema {
  private static final JsonSchema PLAIN = new JsonSchema();

  private CdiYaml() {}

  /**
   * Reads a document into maps, lists and strings; null when it is empty.
   *
   * @throws OciException INVALID
   */
  static @Nullable Object parse(String text) {
    try {
      LoadSettings settings = LoadSettings.builder().setSchema(new CdiYaml()).build();
      return new Load(settings).loadFromString(text);
    } catch (YamlEngineException e) {
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new OciException(OciException.Kind.INVALID, "is not YAML: " + message, e);
    }
  }

  @Override
  public ScalarResolver getScalarResolver() {
    return (_, _) -> Tag.STR;
  }

  @Override
  public Map<Tag, ConstructNode> getSchemaTagConstructors() {
    return PLAIN.getSchemaTagConstructors();
  }
}
