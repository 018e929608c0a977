// Bilinear resizing of NHWC images and its gradient, with TensorFlow's two ways of placing pixels. Places are
// computed in double, as tfjs does, so that both sides agree on which pixels are neighbours.

struct Place {
  int low, high;  // the two neighbours
  float fraction;  // weight of `high`; that of `low` is 1 minus it
};

static Place placeOf(int position, int outSize, int inSize, const ResizeShape& s) {
  const bool corners = s.alignCorners && outSize > 1;
  const double ratio = static_cast<double>(corners ? inSize - 1 : inSize) / (corners ? outSize - 1 : outSize);
  const double source = s.halfPixelCenters ? ratio * (position + 0.5) - 0.5 : ratio * position;
  const double low = floor(source), high = ceil(source);
  Place place;
  place.low = low < 0 ? 0 : low > inSize - 1 ? inSize - 1 : static_cast<int>(low);
  place.high = high < 0 ? 0 : high > inSize - 1 ? inSize - 1 : static_cast<int>(high);
  place.fraction = static_cast<float>(source - place.low);
  return place;
}

// The places of all columns, then of all rows; null when memory ran out.
static Place* resizePlaces(const ResizeShape& s) {
  Place* places = reinterpret_cast<Place*>(threadScratch(3, (static_cast<size_t>(s.outW) + s.outH) * sizeof(Place) / sizeof(float)));
  if (!places) return nullptr;
  for (int x = 0; x < s.outW; x++) places[x] = placeOf(x, s.outW, s.inW, s);
  for (int y = 0; y < s.outH; y++) places[s.outW + y] = placeOf(y, s.outH, s.inH, s);
  return places;
}

static bool resizeBilinear(const ResizeShape& s, const float* x, float* y) {
  const Place* columns = resizePlaces(s);
  if (!columns) return false;
  const Place* rows = columns + s.outW;
  const size_t channels = s.channels, inRow = s.inW * channels, outRow = s.outW * channels;
  parallelRanges(static_cast<size_t>(s.batch) * s.outH, kGrain / (outRow < kGrain ? outRow + 1 : kGrain), [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      const Place row = rows[i % s.outH];
      const float* image = x + i / s.outH * s.inH * inRow;
      const float *top = image + row.low * inRow, *bottom = image + row.high * inRow;
      float* to = y + i * outRow;
      for (int j = 0; j < s.outW; j++, to += channels) {
        const size_t left = columns[j].low * channels, right = columns[j].high * channels;
        const float fraction = columns[j].fraction;
        forLanes(0, channels, [&](size_t c, int lanes) {
          const Vec topLeft = loadLanes(top + left + c, lanes), bottomLeft = loadLanes(bottom + left + c, lanes);
          const Vec above = topLeft + (loadLanes(top + right + c, lanes) - topLeft) * fraction;
          const Vec below = bottomLeft + (loadLanes(bottom + right + c, lanes) - bottomLeft) * fraction;
          storeLanes(to + c, above + (below - above) * row.fraction, lanes);
        });
      }
    }
  });
  return true;
}

// Who has a row of dx goes through every row of dy that took part of its value from it.
static bool resizeBilinearGrad(const ResizeShape& s, const float* dy, float* dx) {
  const Place* columns = resizePlaces(s);
  if (!columns) return false;
  const Place* rows = columns + s.outW;
  const size_t channels = s.channels, inRow = s.inW * channels, outRow = s.outW * channels;
  const size_t work = outRow * (s.outH / s.inH + 1);
  parallelRanges(static_cast<size_t>(s.batch) * s.inH, kGrain / (work < kGrain ? work + 1 : kGrain), [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      const int own = static_cast<int>(i % s.inH);
      float* to = dx + i * inRow;
      memset(to, 0, inRow * sizeof(float));
      for (int r = 0; r < s.outH; r++) {
        const Place row = rows[r];
        if (row.low != own && row.high != own) continue;
        const float weight = (row.low == own ? 1.0f - row.fraction : 0.0f) + (row.high == own ? row.fraction : 0.0f);
        const float* from = dy + (i / s.inH * s.outH + r) * outRow;
        for (int j = 0; j < s.outW; j++, from += channels) {
          float *left = to + columns[j].low * channels, *right = to + columns[j].high * channels;
          const float rightWeight = weight * columns[j].fraction, leftWeight = weight - rightWeight;
          forLanes(0, channels, [&](size_t c, int lanes) {
            const Vec g = loadLanes(from + c, lanes);
            storeLanes(left + c, loadLanes(left + c, lanes) + g * leftWeight, lanes);
            storeLanes(right + c, loadLanes(right + c, lanes) + g * rightWeight, lanes);
          });
        }
      }
    }
  });
  return true;
}
