/**
 * What the operator says of registries and their mirrors: {@link
 * io.jcri.oci.distribution.config.HostsConfig} reads containerd's hosts.toml, {@link
 * io.jcri.oci.distribution.config.RegistriesConf} registries.conf.
 */
@NullMarked
package io.jcri.oci.distribution.config;

import org.jspecify.annotations.NullMarked;
