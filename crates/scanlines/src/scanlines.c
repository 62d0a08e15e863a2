/* libjpeg reports errors by calling a function that must not return. Every call into it stands here, behind a
 * setjmp, so that a jump never crosses a frame of Rust. Nothing but this file sees libjpeg's structures. */

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <jerror.h>

/* What the caller is told. */
enum { SCANLINES_OK = 0, SCANLINES_BROKEN = 1, SCANLINES_TOO_MANY_SCANS = 2, SCANLINES_NO_MEMORY = 3 };

#define MOST_COMPONENTS 4
/* Sampling factors go up to 4, blocks up to 8 rows each. */
#define MOST_ROWS 32

struct scanlines_plane {
  uint32_t width, height; /* samples that belong to the picture */
  uint32_t stride;        /* samples of a row as they are written: whole blocks */
  uint32_t rows;          /* rows of a band */
};

struct scanlines_facts {
  uint32_t components;
  uint32_t space; /* 1 gray, 3 luma and two colours, 0 anything else */
  uint32_t bands;
  struct scanlines_plane planes[MOST_COMPONENTS];
};

struct scanlines {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf back;
  int most_scans;
  int code;
};

static struct scanlines *of(j_common_ptr jpeg) { return (struct scanlines *)jpeg->client_data; }

static void fail(j_common_ptr jpeg) {
  struct scanlines *reader = of(jpeg);
  if (reader->code == SCANLINES_OK) {
    reader->code =
      jpeg->err->msg_code == JERR_OUT_OF_MEMORY ? SCANLINES_NO_MEMORY : SCANLINES_BROKEN;
  }
  longjmp(reader->back, 1);
}

static void count(j_common_ptr jpeg, int level) {
  if (level < 0) jpeg->err->num_warnings++;
}

static void say_nothing(j_common_ptr jpeg) { (void)jpeg; }

/* Called while scans are read: each one of a progressive file costs a pass over the whole picture. */
static void watch(j_common_ptr jpeg) {
  struct scanlines *reader = of(jpeg);
  if (reader->jpeg.input_scan_number > reader->most_scans) {
    reader->code = SCANLINES_TOO_MANY_SCANS;
    longjmp(reader->back, 1);
  }
}

/* A reader of these bytes, which must stay where they are until it is closed; NULL only without memory. */
struct scanlines *scanlines_open(const uint8_t *bytes, size_t length, int most_scans,
                                 struct scanlines_facts *facts, int *code) {
  struct scanlines *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->most_scans = most_scans;
  reader->jpeg.err = jpeg_std_error(&reader->errors);
  reader->errors.error_exit = fail;
  reader->errors.emit_message = count;
  reader->errors.output_message = say_nothing;
  reader->jpeg.client_data = reader;
  if (setjmp(reader->back)) {
    *code = reader->code;
    return reader;
  }
  jpeg_create_decompress(&reader->jpeg);
  reader->progress.progress_monitor = watch;
  reader->jpeg.progress = &reader->progress;
  jpeg_mem_src(&reader->jpeg, bytes, (unsigned long)length);
  jpeg_read_header(&reader->jpeg, TRUE);
  facts->components = (uint32_t)reader->jpeg.num_components;
  switch (reader->jpeg.jpeg_color_space) {
  case JCS_GRAYSCALE: facts->space = 1; break;
  case JCS_YCbCr: facts->space = 3; break;
  default: facts->space = 0;
  }
  *code = reader->code;
  return reader;
}

/* Begins to decode at `eighths` eighths (1 to 8) of the picture's size. A progressive file is read whole here. */
int scanlines_start(struct scanlines *reader, int eighths, struct scanlines_facts *facts) {
  j_decompress_ptr jpeg = &reader->jpeg;
  if (setjmp(reader->back)) return reader->code;
  jpeg->scale_num = (unsigned int)eighths;
  jpeg->scale_denom = 8;
  jpeg->raw_data_out = TRUE;
  jpeg->out_color_space = jpeg->jpeg_color_space;
  jpeg->dct_method = JDCT_ISLOW;
  jpeg_start_decompress(jpeg);
  facts->bands = jpeg->total_iMCU_rows;
  for (int at = 0; at < jpeg->num_components && at < MOST_COMPONENTS; at++) {
    jpeg_component_info *component = &jpeg->comp_info[at];
    struct scanlines_plane *plane = &facts->planes[at];
#if JPEG_LIB_VERSION >= 70
    uint32_t across = (uint32_t)component->DCT_h_scaled_size, down = (uint32_t)component->DCT_v_scaled_size;
#else
    uint32_t across = (uint32_t)component->DCT_scaled_size, down = across;
#endif
    plane->width = component->downsampled_width;
    plane->height = component->downsampled_height;
    plane->stride = component->width_in_blocks * across;
    plane->rows = (uint32_t)component->v_samp_factor * down;
    if (plane->rows > MOST_ROWS) return SCANLINES_BROKEN;
  }
  return reader->code;
}

static int read_band(struct scanlines *reader, JSAMPARRAY *planes, JDIMENSION most) {
  if (setjmp(reader->back)) return reader->code;
  if (jpeg_read_raw_data(&reader->jpeg, planes, most) == 0) return SCANLINES_BROKEN;
  /* Data that are left over are damage as well; they are only noticed on the way to the end. */
  if (reader->jpeg.output_scanline >= reader->jpeg.output_height) jpeg_finish_decompress(&reader->jpeg);
  return reader->code;
}

/* Reads the next band: of each plane `rows` rows of `stride` samples, one after the other. */
int scanlines_read(struct scanlines *reader, const struct scanlines_facts *facts,
                   uint8_t *const bands[MOST_COMPONENTS]) {
  JSAMPROW rows[MOST_COMPONENTS][MOST_ROWS];
  JSAMPARRAY planes[MOST_COMPONENTS];
  JDIMENSION most = 0;
  for (uint32_t at = 0; at < facts->components; at++) {
    const struct scanlines_plane *plane = &facts->planes[at];
    for (uint32_t row = 0; row < plane->rows; row++) {
      rows[at][row] = bands[at] + (size_t)row * plane->stride;
    }
    planes[at] = rows[at];
    if (plane->rows > most) most = plane->rows;
  }
  return read_band(reader, planes, most);
}

/* How often the decoder had to guess. */
long scanlines_warnings(const struct scanlines *reader) { return reader->errors.num_warnings; }

void scanlines_close(struct scanlines *reader) {
  /* Releasing memory raises no errors; if it did, leaking it would be the lesser evil. */
  if (!setjmp(reader->back)) jpeg_destroy_decompress(&reader->jpeg);
  free(reader);
}
