// SPDX-License-Identifier: GPL-2.0
/*
 * Negotiation of the operational keys, RFC 7143 sections 6.2 and 13.
 */
#include "keys.h"
#include "unit.h"

/* one negotiation, with what came of the last key */
struct talk {
	struct kiscsi_offer offer;
	struct kiscsi_params params;
	struct kiscsi_negotiation n;
	char buf[1024];
	struct kiscsi_text text;
	const char *why;
};

static void begin(struct talk *t)
{
	memset(t, 0, sizeof(*t));
	kiscsi_offer_init(&t->offer);
	kiscsi_params_init(&t->params);
	t->n.offer = &t->offer;
	t->n.params = &t->params;
	t->n.leading = true;
	t->text.buf = t->buf;
	t->text.size = sizeof(t->buf);
}

/* all that was appended, one pair a line */
static const char *text(struct talk *t)
{
	static char lines[sizeof(t->buf) + 1];
	u32 i;

	for (i = 0; i < t->text.len; i++)
		lines[i] = t->buf[i] ? t->buf[i] : '\n';
	lines[i] = '\0';
	return lines;
}

static const char *offered(struct talk *t)
{
	t->text.len = 0;
	EQ(kiscsi_keys_offer(&t->n, &t->text), 0);
	return text(t);
}

static void begin_offered(struct talk *t)
{
	begin(t);
	offered(t);
}

static enum kiscsi_key_result feed(struct talk *t, const char *key, const char *value)
{
	t->text.len = 0;
	t->why = NULL;
	return kiscsi_keys_feed(&t->n, key, value, &t->text, &t->why);
}

static void defaults(void)
{
	struct kiscsi_params p;

	kiscsi_params_init(&p);
	EQ(p.header_digest, KISCSI_DIGEST_NONE);
	EQ(p.data_digest, KISCSI_DIGEST_NONE);
	EQ(p.initial_r2t, true);
	EQ(p.immediate_data, true);
	EQ(p.data_pdu_in_order, true);
	EQ(p.data_sequence_in_order, true);
	EQ(p.max_connections, 1);
	EQ(p.max_outstanding_r2t, 1);
	EQ(p.time2wait, 2);
	EQ(p.time2retain, 20);
	EQ(p.error_recovery_level, 0);
	EQ(p.max_recv_dsl, 8192);
	EQ(p.max_xmit_dsl, 8192);
	EQ(p.max_burst_length, 262144);
	EQ(p.first_burst_length, 65536);
	NO(p.tpgt_known);
	STR(p.target_alias, "");
}

static void offer(void)
{
	struct talk t;

	begin(&t);
	t.offer.max_connections = 4;
	STR(offered(&t),
	    "HeaderDigest=None,CRC32C\nDataDigest=None,CRC32C\nMaxRecvDataSegmentLength=262144\n"
	    "InitialR2T=No\nImmediateData=Yes\nMaxBurstLength=16776192\nFirstBurstLength=262144\n"
	    "MaxConnections=4\nMaxOutstandingR2T=8\nDefaultTime2Wait=2\nDefaultTime2Retain=20\n"
	    "ErrorRecoveryLevel=0\nDataPDUInOrder=Yes\nDataSequenceInOrder=Yes\n");
	EQ(t.params.max_recv_dsl, 262144);
	EQ(t.params.max_xmit_dsl, 8192);
	/* section 6.3: nothing is offered twice */
	STR(offered(&t), "");
}

static void offer_other_values(void)
{
	struct talk t;

	begin(&t);
	t.offer.header_digest[0] = KISCSI_DIGEST_CRC32C;
	t.offer.header_digests = 1;
	t.offer.data_digest[0] = KISCSI_DIGEST_CRC32C;
	t.offer.data_digest[1] = KISCSI_DIGEST_NONE;
	t.offer.initial_r2t = true;
	t.offer.immediate_data = false;
	t.offer.error_recovery_level = 2;
	offered(&t);
	HAS(text(&t), "HeaderDigest=CRC32C\nDataDigest=CRC32C,None\n");
	HAS(text(&t), "InitialR2T=Yes\nImmediateData=No\n");
	HAS(text(&t), "ErrorRecoveryLevel=2\n");
}

static void offer_in_discovery(void)
{
	struct talk t;

	begin(&t);
	t.n.discovery = true;
	STR(offered(&t), "HeaderDigest=None\nDataDigest=None\nMaxRecvDataSegmentLength=262144\n");
	EQ(feed(&t, "HeaderDigest", "CRC32C"), KISCSI_KEY_BAD);
	STR(kiscsi_keys_unanswered(&t.n), NULL);
}

static void offer_on_a_later_connection(void)
{
	struct talk t;

	begin(&t);
	t.n.leading = false;
	STR(offered(&t),
	    "HeaderDigest=None,CRC32C\nDataDigest=None,CRC32C\nMaxRecvDataSegmentLength=262144\n");
	EQ(feed(&t, "DataDigest", "CRC32C"), KISCSI_KEY_OK);
	EQ(t.params.data_digest, KISCSI_DIGEST_CRC32C);
	EQ(feed(&t, "MaxBurstLength", "65536"), KISCSI_KEY_BAD);
	HAS(t.why, "leading connection");
	EQ(feed(&t, "TargetPortalGroupTag", "3"), KISCSI_KEY_OK);
	STR(kiscsi_keys_unanswered(&t.n), NULL);
	STR(kiscsi_keys_finish(&t.n), NULL);
}

static void offer_without_room(void)
{
	struct talk t;
	u32 size;

	for (size = 0; size < 400; size++) {
		begin(&t);
		t.text.size = size;
		if (!kiscsi_keys_offer(&t.n, &t.text))
			break;
	}
	begin(&t);
	offered(&t);
	EQ(size, t.text.len);
}

static void answers(void)
{
	struct talk t;

	begin_offered(&t);
	EQ(feed(&t, "HeaderDigest", "CRC32C"), KISCSI_KEY_OK);
	EQ(feed(&t, "DataDigest", "None"), KISCSI_KEY_OK);
	EQ(feed(&t, "MaxRecvDataSegmentLength", "65536"), KISCSI_KEY_OK);
	EQ(feed(&t, "InitialR2T", "No"), KISCSI_KEY_OK);
	EQ(feed(&t, "ImmediateData", "No"), KISCSI_KEY_OK);
	EQ(feed(&t, "MaxBurstLength", "0x80000"), KISCSI_KEY_OK);
	EQ(feed(&t, "FirstBurstLength", "512"), KISCSI_KEY_OK);
	EQ(feed(&t, "MaxConnections", "1"), KISCSI_KEY_OK);
	EQ(feed(&t, "MaxOutstandingR2T", "3"), KISCSI_KEY_OK);
	EQ(feed(&t, "DefaultTime2Wait", "3600"), KISCSI_KEY_OK);
	EQ(feed(&t, "DefaultTime2Retain", "0"), KISCSI_KEY_OK);
	EQ(feed(&t, "ErrorRecoveryLevel", "0"), KISCSI_KEY_OK);
	EQ(feed(&t, "DataPDUInOrder", "Yes"), KISCSI_KEY_OK);
	EQ(feed(&t, "DataSequenceInOrder", "Yes"), KISCSI_KEY_OK);
	EQ(t.text.len, 0);
	STR(kiscsi_keys_unanswered(&t.n), NULL);
	STR(kiscsi_keys_finish(&t.n), NULL);
	EQ(t.params.header_digest, KISCSI_DIGEST_CRC32C);
	EQ(t.params.data_digest, KISCSI_DIGEST_NONE);
	EQ(t.params.max_xmit_dsl, 65536);
	EQ(t.params.max_recv_dsl, 262144);
	EQ(t.params.initial_r2t, false);
	EQ(t.params.immediate_data, false);
	EQ(t.params.max_burst_length, 524288);
	EQ(t.params.first_burst_length, 512);
	EQ(t.params.max_connections, 1);
	EQ(t.params.max_outstanding_r2t, 3);
	EQ(t.params.time2wait, 3600);
	EQ(t.params.time2retain, 0);
	EQ(t.params.error_recovery_level, 0);
}

static void bad_answers(void)
{
	static const struct {
		const char *key;
		const char *value;
		const char *why;
	} cases[] = {
		{ "HeaderDigest", "crc32c", "never offered" },
		{ "HeaderDigest", "None,CRC32C", "never offered" },
		{ "HeaderDigest", "", "never offered" },
		{ "DataDigest", "MD5", "never offered" },
		{ "MaxRecvDataSegmentLength", "511", "want 512 to 16777215" },
		{ "MaxRecvDataSegmentLength", "16777216", "want 512 to 16777215" },
		{ "MaxRecvDataSegmentLength", "Irrelevant", "want 512 to 16777215" },
		{ "InitialR2T", "Maybe", "want Yes or No" },
		{ "InitialR2T", "yes", "want Yes or No" },
		{ "InitialR2T", "1", "want Yes or No" },
		{ "ImmediateData", "", "want Yes or No" },
		{ "DataPDUInOrder", "No", "not open" },
		{ "DataSequenceInOrder", "No", "not open" },
		{ "MaxBurstLength", "0", "want 512 to 16777215" },
		{ "MaxBurstLength", "16777215", "more than was offered" },
		{ "MaxBurstLength", "262144,65536", "want 512 to 16777215" },
		{ "FirstBurstLength", "262145", "more than was offered" },
		{ "FirstBurstLength", "-1", "want 512 to 16777215" },
		{ "MaxConnections", "0", "want 1 to 65535" },
		{ "MaxConnections", "2", "more than was offered" },
		{ "MaxOutstandingR2T", "0", "want 1 to 65535" },
		{ "MaxOutstandingR2T", "9", "more than was offered" },
		{ "DefaultTime2Wait", "1", "less than was offered" },
		{ "DefaultTime2Wait", "3601", "want 0 to 3600" },
		{ "DefaultTime2Retain", "21", "more than was offered" },
		{ "DefaultTime2Retain", "3601", "want 0 to 3600" },
		{ "ErrorRecoveryLevel", "1", "more than was offered" },
		{ "ErrorRecoveryLevel", "3", "want 0 to 2" },
		{ "TargetPortalGroupTag", "65536", "want 0 to 65535" },
		{ "TargetPortalGroupTag", "one", "want 0 to 65535" },
		{ "InitiatorName", "iqn.2001-04.com.example", "not a target's" },
		{ "InitiatorAlias", "x", "not a target's" },
		{ "SessionType", "Normal", "not a target's" },
		{ "SendTargets", "All", "not a target's" },
	};
	struct kiscsi_params before;
	struct talk t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin_offered(&t);
		before = t.params;
		EQ(feed(&t, cases[i].key, cases[i].value), KISCSI_KEY_BAD);
		HAS(t.why, cases[i].why);
		EQ(t.text.len, 0);
		/* what is refused leaves nothing behind */
		MEM(&t.params, sizeof(t.params), &before, sizeof(before));
	}
}

/* a Boolean whose outcome our own value has decided is not the target's any more */
static void booleans_decided(void)
{
	struct talk t;

	begin(&t);
	t.offer.initial_r2t = true;
	t.offer.immediate_data = false;
	offered(&t);
	EQ(feed(&t, "InitialR2T", "No"), KISCSI_KEY_BAD);
	EQ(feed(&t, "ImmediateData", "Yes"), KISCSI_KEY_BAD);
	begin(&t);
	t.offer.initial_r2t = true;
	t.offer.immediate_data = false;
	offered(&t);
	/* section 6.2.2: the target need not answer */
	STR(kiscsi_keys_unanswered(&t.n), NULL);
	STR(kiscsi_keys_finish(&t.n), NULL);
	EQ(t.params.initial_r2t, true);
	EQ(t.params.immediate_data, false);
}

static void booleans_open(void)
{
	struct talk t;

	begin_offered(&t);
	EQ(feed(&t, "InitialR2T", "Yes"), KISCSI_KEY_OK);
	EQ(feed(&t, "ImmediateData", "Yes"), KISCSI_KEY_OK);
	EQ(t.params.initial_r2t, true);
	EQ(t.params.immediate_data, true);
}

static void twice(void)
{
	static const struct {
		const char *key;
		const char *value;
	} cases[] = {
		{ "HeaderDigest", "None" },
		{ "InitialR2T", "Yes" },
		{ "MaxBurstLength", "512" },
		{ "MaxRecvDataSegmentLength", "8192" },
		{ "TargetPortalGroupTag", "1" },
		{ "TargetAlias", "x" },
		{ "IFMarker", "No" },
		{ "OFMarkInt", "2048" },
	};
	struct talk t;
	size_t i;

	begin_offered(&t);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EQ(feed(&t, cases[i].key, cases[i].value) == KISCSI_KEY_BAD, 0);
		EQ(feed(&t, cases[i].key, cases[i].value), KISCSI_KEY_BAD);
		HAS(t.why, "twice");
	}
}

static void reserved_words(void)
{
	static const char *const words[] = { "Irrelevant", "Reject", "NotUnderstood" };
	struct talk t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		begin_offered(&t);
		EQ(feed(&t, "HeaderDigest", words[i]), KISCSI_KEY_OK);
		EQ(feed(&t, "MaxConnections", words[i]), KISCSI_KEY_OK);
		EQ(feed(&t, "MaxBurstLength", words[i]), KISCSI_KEY_OK);
		EQ(feed(&t, "FirstBurstLength", words[i]), KISCSI_KEY_OK);
		EQ(feed(&t, "ImmediateData", words[i]), KISCSI_KEY_OK);
		EQ(feed(&t, "InitialR2T", words[i]), KISCSI_KEY_OK);
		EQ(feed(&t, "X-unasked", words[i]), KISCSI_KEY_OK);
		EQ(feed(&t, "TaskReporting", words[i]), KISCSI_KEY_OK);
		EQ(t.text.len, 0);
		EQ(t.params.header_digest, KISCSI_DIGEST_NONE);
		EQ(t.params.max_connections, 1);
		EQ(t.params.max_burst_length, 262144);
		EQ(t.params.first_burst_length, 65536);
		EQ(t.params.initial_r2t, true);
		EQ(t.params.immediate_data, true);
	}
}

/* the default is the rule when a key is refused, but not when it is what we ruled out */
static void refused_and_default_will_not_do(void)
{
	struct talk t;

	begin(&t);
	t.offer.header_digest[0] = KISCSI_DIGEST_CRC32C;
	t.offer.header_digests = 1;
	t.offer.max_burst_length = 131072;
	t.offer.first_burst_length = 8192;
	t.offer.default_time2wait = 5;
	t.offer.default_time2retain = 0;
	t.offer.immediate_data = false;
	offered(&t);
	EQ(feed(&t, "HeaderDigest", "Reject"), KISCSI_KEY_BAD);
	HAS(t.why, "leaves the default");
	EQ(feed(&t, "MaxBurstLength", "NotUnderstood"), KISCSI_KEY_BAD);
	EQ(feed(&t, "DefaultTime2Wait", "Reject"), KISCSI_KEY_BAD);
	EQ(feed(&t, "DefaultTime2Retain", "Reject"), KISCSI_KEY_BAD);
	/* these two limit only what we send: we keep to less on our own */
	EQ(feed(&t, "FirstBurstLength", "Irrelevant"), KISCSI_KEY_OK);
	EQ(t.params.first_burst_length, 8192);
	EQ(feed(&t, "ImmediateData", "Reject"), KISCSI_KEY_OK);
	EQ(t.params.immediate_data, false);
}

/* a target that refuses before it is asked does not spare itself the question */
static void refused_before_offered(void)
{
	struct talk t;

	begin(&t);
	t.offer.header_digest[0] = KISCSI_DIGEST_CRC32C;
	t.offer.header_digests = 1;
	t.offer.default_time2wait = 5;
	EQ(feed(&t, "HeaderDigest", "Reject"), KISCSI_KEY_OK);
	EQ(feed(&t, "DefaultTime2Wait", "Irrelevant"), KISCSI_KEY_OK);
	EQ(t.text.len, 0);
	STR(kiscsi_keys_unanswered(&t.n), "HeaderDigest");
	HAS(offered(&t), "HeaderDigest=CRC32C\n");
	HAS(text(&t), "DefaultTime2Wait=5\n");
	EQ(feed(&t, "HeaderDigest", "Reject"), KISCSI_KEY_BAD);
	EQ(feed(&t, "DefaultTime2Wait", "5"), KISCSI_KEY_OK);
}

static void unanswered(void)
{
	struct talk t;

	begin_offered(&t);
	STR(kiscsi_keys_unanswered(&t.n), NULL);
	STR(kiscsi_keys_finish(&t.n), NULL);
	EQ(t.params.max_burst_length, 262144);
	EQ(t.params.first_burst_length, 65536);
	EQ(t.params.initial_r2t, true);
	EQ(t.params.immediate_data, true);
	EQ(t.params.time2retain, 20);

	begin(&t);
	t.offer.header_digest[0] = KISCSI_DIGEST_CRC32C;
	t.offer.header_digests = 1;
	offered(&t);
	STR(kiscsi_keys_unanswered(&t.n), "HeaderDigest");
	EQ(feed(&t, "HeaderDigest", "CRC32C"), KISCSI_KEY_OK);
	STR(kiscsi_keys_unanswered(&t.n), NULL);

	begin(&t);
	t.offer.max_burst_length = 65536;
	t.offer.first_burst_length = 65536;
	offered(&t);
	STR(kiscsi_keys_unanswered(&t.n), "MaxBurstLength");

	/* never even offered, because the target skipped the stage */
	begin(&t);
	t.offer.default_time2wait = 60;
	STR(kiscsi_keys_unanswered(&t.n), "DefaultTime2Wait");
}

static void first_burst_within_max_burst(void)
{
	struct talk t;

	begin_offered(&t);
	EQ(feed(&t, "MaxBurstLength", "4096"), KISCSI_KEY_OK);
	EQ(feed(&t, "FirstBurstLength", "8192"), KISCSI_KEY_OK);
	HAS(kiscsi_keys_finish(&t.n), "FirstBurstLength");

	/* the default gives way */
	begin_offered(&t);
	EQ(feed(&t, "MaxBurstLength", "4096"), KISCSI_KEY_OK);
	STR(kiscsi_keys_finish(&t.n), NULL);
	EQ(t.params.first_burst_length, 4096);

	/* and so does a value nothing is ever measured against */
	begin_offered(&t);
	EQ(feed(&t, "MaxBurstLength", "4096"), KISCSI_KEY_OK);
	EQ(feed(&t, "FirstBurstLength", "8192"), KISCSI_KEY_OK);
	EQ(feed(&t, "InitialR2T", "Yes"), KISCSI_KEY_OK);
	EQ(feed(&t, "ImmediateData", "No"), KISCSI_KEY_OK);
	STR(kiscsi_keys_finish(&t.n), NULL);
	EQ(t.params.first_burst_length, 4096);

	begin_offered(&t);
	EQ(feed(&t, "MaxBurstLength", "8192"), KISCSI_KEY_OK);
	EQ(feed(&t, "FirstBurstLength", "8192"), KISCSI_KEY_OK);
	STR(kiscsi_keys_finish(&t.n), NULL);
}

/* section 11.7.7: what we send is cut into whole words, whatever the target could take */
static void whole_words(void)
{
	static const struct {
		const char *declared;
		u32 most;
	} sizes[] = {
		{ "512", 512 }, { "513", 512 }, { "1023", 1020 }, { "65536", 65536 }, { "16777215", 16777212 },
	};
	struct talk t;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		begin_offered(&t);
		EQ(feed(&t, "MaxRecvDataSegmentLength", sizes[i].declared), KISCSI_KEY_OK);
		STR(kiscsi_keys_finish(&t.n), NULL);
		EQ(t.params.max_xmit_dsl, sizes[i].most);
	}
}

/* the target proposes before we have */
static void proposals(void)
{
	static const struct {
		const char *key;
		const char *value;
		const char *reply;
		bool disputed;
	} cases[] = {
		{ "HeaderDigest", "CRC32C,None", "HeaderDigest=CRC32C\n", true },
		{ "HeaderDigest", "None", "HeaderDigest=None\n", false },
		{ "HeaderDigest", "SHA,None", "HeaderDigest=None\n", true },
		{ "HeaderDigest", "SHA", "HeaderDigest=Reject\n", true },
		{ "InitialR2T", "No", "InitialR2T=No\n", false },
		{ "InitialR2T", "Yes", "InitialR2T=Yes\n", false },
		{ "ImmediateData", "No", "ImmediateData=No\n", false },
		{ "DataPDUInOrder", "No", "DataPDUInOrder=Yes\n", true },
		{ "MaxBurstLength", "16777215", "MaxBurstLength=16776192\n", true },
		{ "MaxBurstLength", "1024", "MaxBurstLength=1024\n", false },
		{ "MaxConnections", "8", "MaxConnections=1\n", true },
		{ "MaxOutstandingR2T", "16", "MaxOutstandingR2T=8\n", true },
		{ "DefaultTime2Wait", "0", "DefaultTime2Wait=2\n", true },
		{ "DefaultTime2Wait", "10", "DefaultTime2Wait=10\n", false },
		{ "DefaultTime2Retain", "60", "DefaultTime2Retain=20\n", true },
		{ "ErrorRecoveryLevel", "2", "ErrorRecoveryLevel=0\n", true },
		{ "IFMarker", "Yes", "IFMarker=No\n", true },
		{ "OFMarker", "Yes", "OFMarker=No\n", true },
		{ "OFMarker", "No", "OFMarker=No\n", false },
		{ "IFMarkInt", "2048~65535", "IFMarkInt=Reject\n", true },
		{ "OFMarkInt", "2048", "OFMarkInt=Reject\n", true },
		{ "TaskReporting", "FastAbort,RFC3720", "TaskReporting=RFC3720\n", true },
		{ "TaskReporting", "FastAbort", "TaskReporting=Reject\n", true },
		{ "iSCSIProtocolLevel", "2", "iSCSIProtocolLevel=1\n", true },
		{ "iSCSIProtocolLevel", "1", "iSCSIProtocolLevel=1\n", false },
	};
	struct talk t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(&t);
		EQ(feed(&t, cases[i].key, cases[i].value), KISCSI_KEY_ANSWERED);
		STR(text(&t), cases[i].reply);
		EQ(t.n.disputed, cases[i].disputed);
		EQ(feed(&t, cases[i].key, cases[i].value), KISCSI_KEY_BAD);
	}
}

static void proposals_hold(void)
{
	struct talk t;

	begin(&t);
	feed(&t, "MaxBurstLength", "1024");
	feed(&t, "FirstBurstLength", "1024");
	feed(&t, "InitialR2T", "No");
	feed(&t, "HeaderDigest", "CRC32C");
	EQ(t.params.max_burst_length, 1024);
	EQ(t.params.first_burst_length, 1024);
	EQ(t.params.initial_r2t, false);
	EQ(t.params.header_digest, KISCSI_DIGEST_CRC32C);
	/* and are not asked for again, while what is ours to declare still is */
	feed(&t, "MaxRecvDataSegmentLength", "4096");
	offered(&t);
	EQ(strstr(text(&t), "MaxBurstLength") == NULL, 1);
	EQ(strstr(text(&t), "InitialR2T") == NULL, 1);
	EQ(strstr(text(&t), "HeaderDigest") == NULL, 1);
	HAS(text(&t), "MaxRecvDataSegmentLength=262144\n");
	HAS(text(&t), "DataDigest=");
	EQ(t.params.max_xmit_dsl, 4096);
}

static void bad_proposals(void)
{
	struct talk t;

	begin(&t);
	EQ(feed(&t, "MaxBurstLength", "1"), KISCSI_KEY_BAD);
	EQ(feed(&t, "InitialR2T", "Perhaps"), KISCSI_KEY_BAD);
	EQ(feed(&t, "IFMarker", "2048"), KISCSI_KEY_BAD);
	EQ(feed(&t, "iSCSIProtocolLevel", "32"), KISCSI_KEY_BAD);
	HAS(t.why, "want 0 to 31");

	/* answering Reject would leave the default, and that was ruled out */
	begin(&t);
	t.offer.header_digest[0] = KISCSI_DIGEST_CRC32C;
	t.offer.header_digests = 1;
	EQ(feed(&t, "HeaderDigest", "None"), KISCSI_KEY_BAD);
	HAS(t.why, "nothing of what was asked for");
	EQ(t.text.len, 0);
}

static void proposals_in_discovery(void)
{
	static const char *const irrelevant[] = {
		"InitialR2T", "ImmediateData", "MaxBurstLength", "FirstBurstLength",
		"MaxConnections", "MaxOutstandingR2T", "DataPDUInOrder", "DataSequenceInOrder",
		"TaskReporting", "iSCSIProtocolLevel",
	};
	char want[64];
	struct talk t;
	size_t i;

	begin(&t);
	t.n.discovery = true;
	t.offer.error_recovery_level = 2;
	for (i = 0; i < ARRAY_SIZE(irrelevant); i++) {
		EQ(feed(&t, irrelevant[i], "whatever"), KISCSI_KEY_ANSWERED);
		snprintf(want, sizeof(want), "%s=Irrelevant\n", irrelevant[i]);
		STR(text(&t), want);
		NO(t.n.disputed);
	}
	EQ(feed(&t, "DefaultTime2Retain", "0"), KISCSI_KEY_ANSWERED);
	STR(text(&t), "DefaultTime2Retain=0\n");
	EQ(feed(&t, "ErrorRecoveryLevel", "2"), KISCSI_KEY_ANSWERED);
	STR(text(&t), "ErrorRecoveryLevel=0\n");
	EQ(feed(&t, "DataDigest", "CRC32C,None"), KISCSI_KEY_ANSWERED);
	STR(text(&t), "DataDigest=None\n");
	STR(kiscsi_keys_finish(&t.n), NULL);
}

static void declarations(void)
{
	char alias[KISCSI_VALUE_MAX + 2];
	struct talk t;

	begin(&t);
	EQ(feed(&t, "TargetPortalGroupTag", "0"), KISCSI_KEY_OK);
	YES(t.params.tpgt_known);
	EQ(t.params.tpgt, 0);
	begin(&t);
	EQ(feed(&t, "TargetPortalGroupTag", "65535"), KISCSI_KEY_OK);
	EQ(t.params.tpgt, 65535);
	EQ(feed(&t, "TargetName", "iqn.2001-04.com.example"), KISCSI_KEY_OK);
	EQ(feed(&t, "TargetAddress", "192.0.2.1:3260,1"), KISCSI_KEY_OK);
	EQ(feed(&t, "X#NodeArchitecture", "x86"), KISCSI_KEY_OK);
	EQ(t.text.len, 0);

	memset(alias, 'a', sizeof(alias));
	alias[KISCSI_VALUE_MAX + 1] = '\0';
	EQ(feed(&t, "TargetAlias", alias), KISCSI_KEY_BAD);
	HAS(t.why, "255");
	alias[KISCSI_VALUE_MAX] = '\0';
	EQ(feed(&t, "TargetAlias", alias), KISCSI_KEY_OK);
	STR(t.params.target_alias, alias);
}

static void unknown_keys(void)
{
	struct talk t;

	begin_offered(&t);
	EQ(feed(&t, "X-com.example.foo", "bar"), KISCSI_KEY_UNKNOWN);
	STR(text(&t), "X-com.example.foo=NotUnderstood\n");
	EQ(feed(&t, "maxburstlength", "512"), KISCSI_KEY_UNKNOWN);
	EQ(feed(&t, "MaxBurstLengt", "512"), KISCSI_KEY_UNKNOWN);
	NO(t.n.disputed);
	/* answering an answer could go on for ever */
	EQ(feed(&t, "X-com.example.foo", "NotUnderstood"), KISCSI_KEY_OK);
	EQ(t.text.len, 0);
}

static void no_room_for_an_answer(void)
{
	struct talk t;

	begin(&t);
	t.text.size = 16;
	EQ(feed(&t, "X-com.example.foo", "bar"), KISCSI_KEY_BAD);
	HAS(t.why, "no room");
	EQ(feed(&t, "MaxBurstLength", "512"), KISCSI_KEY_BAD);
	HAS(t.why, "no room");
	EQ(feed(&t, "InitialR2T", "Yes"), KISCSI_KEY_ANSWERED);
	EQ(feed(&t, "DataDigest", "CRC32C,None"), KISCSI_KEY_BAD);
	EQ(feed(&t, "OFMarkInt", "2048"), KISCSI_KEY_BAD);
}

#define CHECK(member, value, want)					\
	do {								\
		kiscsi_offer_init(&o);					\
		o.member = (value);					\
		STR(kiscsi_offer_check(&o), want);			\
	} while (0)

static void offer_check(void)
{
	struct kiscsi_offer o;

	kiscsi_offer_init(&o);
	STR(kiscsi_offer_check(&o), NULL);
	CHECK(header_digests, 0, "HeaderDigest");
	CHECK(header_digests, 3, "HeaderDigest");
	CHECK(header_digest[0], 2, "HeaderDigest");
	CHECK(header_digest[1], KISCSI_DIGEST_NONE, "HeaderDigest");
	CHECK(data_digest[1], 2, "DataDigest");
	CHECK(data_digests, 1, NULL);
	CHECK(max_recv_dsl, 511, "MaxRecvDataSegmentLength");
	CHECK(max_recv_dsl, 512, NULL);
	CHECK(max_recv_dsl, 16777215, NULL);
	CHECK(max_recv_dsl, 16777216, "MaxRecvDataSegmentLength");
	CHECK(max_burst_length, 511, "MaxBurstLength");
	CHECK(max_burst_length, 262144, NULL);
	CHECK(max_burst_length, 262143, "FirstBurstLength");
	CHECK(first_burst_length, 511, "FirstBurstLength");
	CHECK(max_connections, 0, "MaxConnections");
	CHECK(max_connections, KISCSI_MAX_CONNECTIONS, NULL);
	CHECK(max_connections, KISCSI_MAX_CONNECTIONS + 1, "MaxConnections");
	CHECK(max_outstanding_r2t, 0, "MaxOutstandingR2T");
	CHECK(max_outstanding_r2t, KISCSI_MAX_R2T, NULL);
	CHECK(max_outstanding_r2t, KISCSI_MAX_R2T + 1, "MaxOutstandingR2T");
	CHECK(default_time2wait, 3601, "DefaultTime2Wait");
	CHECK(default_time2retain, 3601, "DefaultTime2Retain");
	CHECK(error_recovery_level, 2, NULL);
	CHECK(error_recovery_level, 3, "ErrorRecoveryLevel");
}

static void digest_names(void)
{
	STR(kiscsi_digest_name(KISCSI_DIGEST_NONE), "None");
	STR(kiscsi_digest_name(KISCSI_DIGEST_CRC32C), "CRC32C");
	STR(kiscsi_digest_name(2), "?");
	STR(kiscsi_digest_name(255), "?");
}

UNIT_SUITE(keys,
	{ "defaults", defaults },
	{ "the offer", offer },
	{ "other values in the offer", offer_other_values },
	{ "the offer in a discovery session", offer_in_discovery },
	{ "the offer on a later connection", offer_on_a_later_connection },
	{ "an offer without room", offer_without_room },
	{ "answers", answers },
	{ "bad answers", bad_answers },
	{ "Booleans our value decides", booleans_decided },
	{ "Booleans the target decides", booleans_open },
	{ "a key sent twice", twice },
	{ "Irrelevant, Reject, NotUnderstood", reserved_words },
	{ "refused before it is offered", refused_before_offered },
	{ "refused, and the default will not do", refused_and_default_will_not_do },
	{ "unanswered", unanswered },
	{ "FirstBurstLength within MaxBurstLength", first_burst_within_max_burst },
	{ "segments of whole words", whole_words },
	{ "proposals of the target's", proposals },
	{ "proposals hold", proposals_hold },
	{ "bad proposals", bad_proposals },
	{ "proposals in a discovery session", proposals_in_discovery },
	{ "declarations", declarations },
	{ "unknown keys", unknown_keys },
	{ "no room for an answer", no_room_for_an_answer },
	{ "checking an offer", offer_check },
	{ "names of digests", digest_names })
