/**
 * A network called from the middle on: its layers one by one, in inference, from tensors that are given for any places of its
 * graph. Nothing is built, so the network stays as it was, and gradients go through.
 */
import type * as tf from "@tensorflow/tfjs";

/** They move or average what others have found; a map of theirs would be the coarser one. */
const PASSIVE_LAYERS = /Pooling|Dropout|ZeroPadding|Cropping|Flatten|Reshape/;

/** The network has no feature maps to look at, or not those asked for. */
export class NoFeatureMapsError extends Error {
  override readonly name = "NoFeatureMapsError";
}

/**
 * The tensor at `target` of the graph, computed in inference mode from the given ones.
 *
 * @param given tensors by the ids of the places that they stand for; the walk back ends at them.
 */
export function evaluateAt(target: tf.SymbolicTensor, given: ReadonlyMap<number, tf.Tensor>): tf.Tensor {
  const done = new Map(given);
  const visit = (place: tf.SymbolicTensor): tf.Tensor => {
    const known = done.get(place.id);
    if (known) return known;
    const inputs = inputsOf(place).map(visit);
    const { sourceLayer, tensorIndex } = place;
    const result = sourceLayer.apply(inputs.length === 1 ? inputs[0]! : inputs, { training: false });
    const value = ([result].flat() as tf.Tensor[])[tensorIndex]!;
    done.set(place.id, value);
    return value;
  };
  return visit(target);
}

/**
 * The place whose feature maps [N, h, w, C] say most of where a network looked: the output of the last layer that has more than
 * one position, before pooling, dropout and flattening.
 *
 * @param name of another layer with feature maps.
 * @throws {NoFeatureMapsError} if there is none, or none of that name.
 */
export function featureMapsOf(model: tf.LayersModel, name?: string): tf.SymbolicTensor {
  const places = placesOf(model).filter(isSpatial);
  const found =
    name === undefined
      ? places.findLast((place) => !isPassive(place))
      : places.findLast(({ sourceLayer }) => sourceLayer.name === name);
  if (found) return found;
  const names = places.map(({ sourceLayer }) => sourceLayer.name);
  throw new NoFeatureMapsError(
    `Expected a layer of feature maps [height, width, channels] with more than one position` +
      `${name === undefined ? "" : `, named "${name}"`}. Received: ` +
      (names.length === 0
        ? `"${model.name}", which has none. Use integrated gradients or occlusion, which need none.`
        : `"${model.name}", whose are ${names.slice(-8).join(", ")}.`),
  );
}

/** The graph's places from the input to the output: each behind all that it reads. */
function placesOf(model: tf.LayersModel): tf.SymbolicTensor[] {
  const found = new Map<number, tf.SymbolicTensor>();
  const visit = (place: tf.SymbolicTensor): void => {
    if (found.has(place.id)) return;
    for (const input of inputsOf(place)) visit(input);
    found.set(place.id, place);
  };
  model.outputs.forEach(visit);
  return [...found.values()].filter(({ sourceLayer }) => !isInput(sourceLayer));
}

function isInput(layer: tf.layers.Layer): boolean {
  return layer.getClassName() === "InputLayer";
}

/** An input's layer is said to read its own tensor. */
function inputsOf({ sourceLayer, nodeIndex }: tf.SymbolicTensor): tf.SymbolicTensor[] {
  if (isInput(sourceLayer)) return [];
  return sourceLayer.inboundNodes[nodeIndex]!.inputTensors;
}

function isSpatial({ shape }: tf.SymbolicTensor): boolean {
  return shape.length === 4 && !(shape[1] === 1 && shape[2] === 1);
}

function isPassive(place: tf.SymbolicTensor): boolean {
  const kind = place.sourceLayer.getClassName();
  if (PASSIVE_LAYERS.test(kind)) return true;
  // Adaptive pooling is several poolings, put together.
  return kind === "Concatenate" && inputsOf(place).every(isPassive);
}
