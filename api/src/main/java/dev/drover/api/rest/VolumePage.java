package dev.drover.api.rest;

import java.util.List;
import java.util.Optional;

/**
 * A part of the list of kept volumes.
 *
 * @param next as of a {@link Page}
 * @param away hosts that did not answer; what they keep is not in the list
 */
public record VolumePage(List<VolumeView> items, Optional<String> next, List<String> away) {}
