package dev.drover.api;

/** What a host's agent can be told; the name of the record is the verb on the wire. */
public sealed interface HostMessage permits SourceMessage, TargetMessage, VmMessage, ImageMessage {}
