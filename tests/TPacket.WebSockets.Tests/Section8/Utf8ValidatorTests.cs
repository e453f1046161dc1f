using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 3629, section 4, compared with the framework's strict decoder.</summary>
public class Utf8ValidatorTests
{
    private static readonly byte[] _boundaries = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF0, 0xFF];

    [Fact]
    public void Agrees_on_every_sequence_of_one_byte()
    {
        for (var first = 0; first < 256; first++)
            ExpectAgreement([(byte)first]);
    }

    [Fact]
    public void Agrees_on_every_sequence_of_two_bytes()
    {
        for (var both = 0; both < 65536; both++)
            ExpectAgreement([(byte)(both >> 8), (byte)both]);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Agrees_on_every_lead_byte_with_continuations_at_their_boundaries()
    {
        for (var lead = 0x80; lead < 256; lead++)
        {
            foreach (var second in _boundaries)
            {
                foreach (var third in _boundaries)
                {
                    ExpectAgreement([(byte)lead, second, third]);
                    foreach (var fourth in _boundaries)
                        ExpectAgreement([(byte)lead, second, third, fourth]);
                }
            }
        }
    }

    public static TheoryData<string, string, bool> StressCases
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var (number, hex, valid) in Utf8Sequences.All)
                data.Add(number, hex, valid);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(StressCases))]
    public void Validates_the_stress_cases_alone_and_within_text(string number, string hex, bool valid)
    {
        Assert.NotEmpty(number);
        var bytes = Hex.Bytes(hex);
        Assert.Equal(valid, StrictUtf8.IsValid(bytes));
        ExpectAgreement(bytes);
        ExpectAgreement([.. "before é"u8, .. bytes, .. "é behind, and more than one vector of it to be sure"u8]);
    }

    [Fact]
    public void Fails_with_the_first_byte_that_no_text_can_have_there()
    {
        for (var lead = 0x80; lead < 256; lead++)
        {
            foreach (var second in _boundaries)
            {
                foreach (var third in _boundaries)
                {
                    byte[] bytes = [0x41, (byte)lead, second, third];
                    Assert.Equal(StrictUtf8.FirstImpossible(bytes), FailsAt(bytes));
                }
            }
        }
    }

    [Fact]
    public void Agrees_on_random_bytes()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(1, 24)];
            foreach (ref var b in bytes.AsSpan())
                b = random.Next(3) == 0 ? (byte)random.Next(0x80) : _boundaries[random.Next(_boundaries.Length)];
            ExpectAgreement(bytes);
            Assert.Equal(StrictUtf8.FirstImpossible(bytes), FailsAt(bytes));
        }
    }

    private static void ExpectAgreement(byte[] bytes)
    {
        var valid = StrictUtf8.IsValid(bytes);
        foreach (var pieces in Splits.Of(bytes))
        {
            var validator = default(Utf8Validator);
            var possible = true;
            foreach (var piece in pieces)
                possible = possible && validator.Append(piece);
            if (valid != (possible && validator.IsComplete))
                Assert.Fail($"{Hex.Of(bytes)} in {pieces.Length} pieces, the first of {pieces[0].Length}: expected {valid}");
        }
    }

    /// <summary>Index of the byte at which the validator fails when bytes arrive one at a time; -1 if it does not.</summary>
    private static int FailsAt(byte[] bytes)
    {
        var validator = default(Utf8Validator);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!validator.Append(bytes.AsSpan(i, 1)))
                return i;
        }

        return -1;
    }
}
