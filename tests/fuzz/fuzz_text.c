// SPDX-License-Identifier: GPL-2.0
/*
 * Every reader of text.c, on each pair of a batch. What is written must read back the same.
 */
#include "../../kernel/proto/text.c"
#include "fuzz.h"

static void try_binary(const char *value)
{
	u8 first[64], second[64];
	char buf[160];
	struct kiscsi_text t = { .buf = buf, .size = sizeof(buf) };
	int len = kiscsi_text_binary(value, first, sizeof(first));

	MUST(len == -EINVAL || len == -ENOSPC || (len > 0 && len <= (int)sizeof(first)));
	if (len < 0)
		return;
	MUST(!kiscsi_text_add_hex(&t, "K", first, len));
	MUST(kiscsi_text_binary(buf + 2, second, len) == len);
	MUST(!memcmp(first, second, len));
}

static void try_number(const char *value)
{
	char buf[32];
	struct kiscsi_text t = { .buf = buf, .size = sizeof(buf) };
	u32 number, again;

	if (kiscsi_text_number(value, &number))
		return;
	MUST(!kiscsi_text_addf(&t, "K", "%u", number));
	MUST(!kiscsi_text_number(buf + 2, &again) && again == number);
}

static void try_list(const char *value)
{
	const char *list = value, *item;
	size_t total = 0;
	u32 len, n = 0;

	while ((item = kiscsi_text_list_next(&list, &len))) {
		MUST(item + len <= value + strlen(value));
		total += len;
		n++;
	}
	MUST(total + n == strlen(value) + 1);
	kiscsi_text_in_list(value, "None");
}

static void try_again(const char *key, const char *value)
{
	size_t size = strlen(key) + strlen(value) + 2;
	char *buf = malloc(size);
	struct kiscsi_text t = { .buf = buf, .size = size };
	const char *k, *v;
	u32 pos = 0;

	MUST(!kiscsi_text_add(&t, key, value));
	MUST(t.len == size);
	MUST(kiscsi_text_next(&t, &pos, &k, &v) == 1);
	MUST(!strcmp(k, key) && !strcmp(v, value));
	MUST(!kiscsi_text_next(&t, &pos, &k, &v));
	t.len = 0;
	t.size--;
	MUST(kiscsi_text_add(&t, key, value) == -ENOSPC && !t.len);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *buf = exact_copy(data, size);
	struct kiscsi_text t = { .buf = buf, .len = size, .size = size };
	const char *key, *value;
	u32 pos = 0;
	int r;

	while ((r = kiscsi_text_next(&t, &pos, &key, &value)) == 1) {
		MUST(*key && strlen(key) <= KISCSI_KEY_MAX && pos <= size);
		try_number(value);
		try_binary(value);
		try_list(value);
		kiscsi_name_check(value);
		try_again(key, value);
	}
	MUST(!r || r == -EPROTO);
	free(buf);
	return 0;
}
