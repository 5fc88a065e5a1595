package io.jcri.oci.distribution;

import java.util.Map;

/**
 * One request to any host.
 *
 * @param method HEAD or GET
 * @param object behind the repository's path, such as {@code manifests/latest}
 * @param headers beside the host's own and the authorization
 */
record Call(String method, String object, Map<String, String> headers) {}
