using System.Text;
using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 3629, section 4, against the BCL's strict decoder.</summary>
public class Utf8ValidatorTests
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

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

    /// <summary>From Markus Kuhn's UTF-8 decoder capability and stress test; the numbers are its own.</summary>
    public static TheoryData<string, string, bool> StressCases => new()
    {
        { "1", "ce ba e1 bd b9 cf 83 ce bc ce b5", true },
        { "2.1.1", "00", true },
        { "2.1.2", "c2 80", true },
        { "2.1.3", "e0 a0 80", true },
        { "2.1.4", "f0 90 80 80", true },
        { "2.1.5", "f8 88 80 80 80", false },
        { "2.1.6", "fc 84 80 80 80 80", false },
        { "2.2.1", "7f", true },
        { "2.2.2", "df bf", true },
        { "2.2.3", "ef bf bf", true },
        { "2.2.4", "f7 bf bf bf", false },
        { "2.2.5", "fb bf bf bf bf", false },
        { "2.2.6", "fd bf bf bf bf bf", false },
        { "2.3.1", "ed 9f bf", true },
        { "2.3.2", "ee 80 80", true },
        { "2.3.3", "ef bf bd", true },
        { "2.3.4", "f4 8f bf bf", true },
        { "2.3.5", "f4 90 80 80", false },
        { "3.1.1", "80", false },
        { "3.1.2", "bf", false },
        { "3.1.3", "80 bf", false },
        { "3.1.8", "80 bf 80 bf 80 bf 80", false },
        { "3.2.1", "c0 20 c1 20 c2 20", false },
        { "3.2.2", "e0 20 e1 20 ef 20", false },
        { "3.2.3", "f0 20 f1 20 f7 20", false },
        { "3.3.1", "c0", false },
        { "3.3.2", "e0 80", false },
        { "3.3.3", "f0 80 80", false },
        { "3.3.6", "df", false },
        { "3.3.7", "ef bf", false },
        { "3.3.8", "f7 bf bf", false },
        { "3.4", "c0 e0 80 f0 80 80 f8 80 80 80 fc 80 80 80 80 df ef bf f7 bf bf fb bf bf bf fd bf bf bf bf", false },
        { "3.5.1", "fe", false },
        { "3.5.2", "ff", false },
        { "3.5.3", "fe fe ff ff", false },
        { "4.1.1", "c0 af", false },
        { "4.1.2", "e0 80 af", false },
        { "4.1.3", "f0 80 80 af", false },
        { "4.2.1", "c1 bf", false },
        { "4.2.2", "e0 9f bf", false },
        { "4.2.3", "f0 8f bf bf", false },
        { "4.3.1", "c0 80", false },
        { "4.3.2", "e0 80 80", false },
        { "4.3.3", "f0 80 80 80", false },
        { "5.1.1", "ed a0 80", false },
        { "5.1.2", "ed ad bf", false },
        { "5.1.3", "ed ae 80", false },
        { "5.1.4", "ed af bf", false },
        { "5.1.5", "ed b0 80", false },
        { "5.1.7", "ed bf bf", false },
        { "5.2.1", "ed a0 80 ed b0 80", false },
        { "5.2.8", "ed af bf ed bf bf", false },
        { "5.3.1", "ef bf be", true },
        { "5.3.2", "ef bf bf", true },
    };

    [Theory]
    [MemberData(nameof(StressCases))]
    public void Judges_the_stress_cases_alone_and_within_text(string number, string hex, bool valid)
    {
        Assert.NotEmpty(number);
        var bytes = Hex.Bytes(hex);
        Assert.Equal(valid, IsValid(bytes));
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
                    Assert.Equal(FirstImpossible(bytes), FailsAt(bytes));
                }
            }
        }
    }

    [Fact]
    public void Random_bytes_are_judged_alike()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(1, 24)];
            foreach (ref var b in bytes.AsSpan())
                b = random.Next(3) == 0 ? (byte)random.Next(0x80) : _boundaries[random.Next(_boundaries.Length)];
            ExpectAgreement(bytes);
            Assert.Equal(FirstImpossible(bytes), FailsAt(bytes));
        }
    }

    private static void ExpectAgreement(byte[] bytes)
    {
        var valid = IsValid(bytes);
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

    private static bool IsValid(byte[] bytes)
    {
        try
        {
            _strict.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Where the validator fails when bytes come one at a time; -1 where it does not.</summary>
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

    /// <summary>The first byte after which no continuation makes the text valid, found by trying what could follow.</summary>
    private static int FirstImpossible(byte[] bytes)
    {
        byte[][] rests = [[], [0x80], [0x90], [0xA0], [0x80, 0x80], [0x90, 0x80], [0xA0, 0x80], [0x80, 0x80, 0x80], [0x90, 0x80, 0x80]];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!rests.Any(rest => IsValid([.. bytes[..(i + 1)], .. rest])))
                return i;
        }

        return -1;
    }
}
