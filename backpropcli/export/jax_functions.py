"""Functions of layers that JAX has none of, for the head of a script; each may call those before it."""

from __future__ import annotations

FUNCTIONS = {
    "absolute": '''
def absolute(x):
    """The size of x, with a slope of 0 at 0."""
    return jnp.where(x == 0, 0.0, jnp.abs(x))
''',
    "between": '''
def between(x, least, most):
    """The number x, but no less than least and no more than most, with a slope of 0 at both."""
    return jnp.where(x <= least, least, jnp.where(x >= most, most, x))
''',
    "root": '''
def root(x):
    """The square root, with a slope of 0 at 0."""
    return jnp.where(x == 0, 0.0, jnp.sqrt(jnp.where(x == 0, 1.0, x)))
''',
    "vector_norm": '''
def vector_norm(x, order, axis=None, keepdims=False):
    """The norm, with a slope of 0 where all of x is 0."""
    if order == 2:
        return root(jnp.sum(x * x, axis=axis, keepdims=keepdims))
    return (jnp.sum if order == 1 else jnp.max)(absolute(x), axis=axis, keepdims=keepdims)
''',
    "cosine_similarity": '''
def cosine_similarity(x, y, axis, eps):
    """The cosine of the angle, where no length counts less than eps."""
    x, y = jnp.broadcast_arrays(x, y)
    lengths = (vector_norm(each, 2, axis) for each in (x, y))
    x_length, y_length = (jnp.where(length > eps, length, eps) for length in lengths)
    return jnp.sum(x * y, axis) / (x_length * y_length)
''',
    "normalize": '''
def normalize(x, axes, eps):
    """The numbers of x with mean 0 and variance 1 along the axes."""
    centred = x - jnp.mean(x, axes, keepdims=True)
    return centred / jnp.sqrt(jnp.mean(centred**2, axes, keepdims=True) + eps)
''',
    "reduced": '''
def reduced(losses, reduction, count):
    """The losses, their sum, or their sum over a count."""
    if reduction == "none":
        return losses
    return jnp.sum(losses) if reduction == "sum" else jnp.sum(losses) / count
''',
    "nll": '''
def nll(x, labels, weight, axis, reduction, ignore_index=-1, label_smoothing=0.0):
    """The loss of log-probabilities; labels are class numbers, or probabilities in the shape of x."""
    weight = weight.reshape((-1,) + (1,) * (x.ndim - 1 - axis))
    if labels.shape == x.shape:
        shares = labels
        is_counted = jnp.ones_like(x)
    else:
        shares = jax.nn.one_hot(labels.astype(int), x.shape[axis], axis=axis)
        is_counted = jnp.expand_dims((labels != ignore_index).astype(float), axis)
    smooth = is_counted * ((1 - label_smoothing) * shares + label_smoothing / x.shape[axis])
    losses = -jnp.sum(weight * smooth * x, axis)
    count = losses.size if labels.shape == x.shape else jnp.sum(weight * is_counted * shares)
    return reduced(losses, reduction, count)
''',
    "cross_entropy": '''
def cross_entropy(x, labels, weight, axis, reduction, ignore_index=-1, label_smoothing=0.0):
    """The loss of logits; labels as in nll."""
    return nll(jax.nn.log_softmax(x, axis), labels, weight, axis, reduction, ignore_index, label_smoothing)
''',
    "pooled": '''
def pooled(x, start, combine, kernel, stride, pad):
    """What combine makes of each window."""
    pads = ((0, 0), (0, 0), *((each, each) for each in pad))
    return jax.lax.reduce_window(x, start, combine, (1, 1, *kernel), (1, 1, *stride), pads)
''',
    "max_pool": '''
def max_pool(x, kernel, stride, pad):
    """The largest number of each window."""
    return pooled(x, -jnp.inf, jax.lax.max, kernel, stride, pad)
''',
    "avg_pool": '''
def avg_pool(x, kernel, stride, pad, counts_pad):
    """The mean of each window."""
    sums, inside = (pooled(each, 0.0, jax.lax.add, kernel, stride, pad) for each in (x, jnp.ones_like(x)))
    return sums / (kernel[0] * kernel[1] if counts_pad else inside)
''',
    "attention": '''
def attention(q, k, v, seen, scale):
    """For each query the mean of the values, weighted by how well their keys fit; of none it is 0."""
    scores = jnp.where(seen, scale * q @ jnp.swapaxes(k, -1, -2), -jnp.inf)
    largest = jax.lax.stop_gradient(jnp.max(scores, axis=-1, keepdims=True))
    powers = jnp.where(seen, jnp.exp(jnp.where(seen, scores - largest, 0.0)), 0.0)
    total = jnp.sum(powers, axis=-1, keepdims=True)
    return powers / jnp.where(total == 0, 1.0, total) @ v
''',
}
