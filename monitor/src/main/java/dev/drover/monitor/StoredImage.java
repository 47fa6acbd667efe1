package dev.drover.monitor;

import dev.drover.ports.VmSpec.Format;

/**
 * A base image as the store keeps it.
 *
 * @param sha256 of its file, lower-case hexadecimal
 * @param format of its file
 * @param fileBytes length of its file
 * @param sizeBytes as a guest sees it
 */
record StoredImage(String sha256, Format format, long fileBytes, long sizeBytes) {}
