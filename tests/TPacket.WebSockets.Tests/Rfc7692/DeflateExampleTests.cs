namespace TPacket.WebSockets.Tests;

/// <summary>RFC 7692, section 7.2.3: its examples, byte for byte and at every split.</summary>
public class DeflateExampleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Section_7_2_3_1_a_message_of_one_block(bool contextTakeover) =>
        Inflating.Expect(contextTakeover, ("f2 48 cd c9 c9 07 00", "Hello"));

    [Fact]
    public void Section_7_2_3_2_a_second_message_that_refers_to_the_first() =>
        Inflating.Expect(contextTakeover: true, ("f2 48 cd c9 c9 07 00", "Hello"), ("f2 00 11 00 00", "Hello"));

    [Fact]
    public void Section_7_2_3_2_a_second_message_that_does_not() =>
        Inflating.Expect(contextTakeover: false, ("f2 48 cd c9 c9 07 00", "Hello"), ("f2 48 cd c9 c9 07 00", "Hello"));

    [Fact]
    public void Section_7_2_3_3_a_block_without_compression() =>
        Inflating.Expect(contextTakeover: true, ("00 05 00 fa ff 48 65 6c 6c 6f 00", "Hello"));

    [Fact]
    public void Section_7_2_3_4_a_block_with_BFINAL_set() =>
        Inflating.Expect(contextTakeover: true, ("f3 48 cd c9 c9 07 00 00", "Hello"), ("f2 48 cd c9 c9 07 00", "Hello"), ("f3 48 cd c9 c9 07 00 00", "Hello"));

    [Fact]
    public void Section_7_2_3_5_two_blocks_in_one_message() =>
        Inflating.Expect(contextTakeover: true, ("f2 48 05 00 00 00 ff ff ca c9 c9 07 00", "Hello"));

    [Fact]
    public void Section_7_2_3_6_a_message_of_no_data() =>
        Inflating.Expect(contextTakeover: true, ("00", ""), ("f2 48 cd c9 c9 07 00", "Hello"), ("00", ""), ("f2 00 11 00 00", "Hello"));
}
