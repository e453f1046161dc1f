using System.Globalization;
using System.Text;
using TPacket.Protocol;
using TPacket.Testing.Nicks;
using Xunit.Abstractions;

namespace TPacket.Server.Tests.Nicks;

/// <summary>The policy answers for any string, and an accepted nick is taken in each of its spellings. TPACKET_FUZZ_SEED repeats a run.</summary>
public class NickFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 5_000;

    private static readonly int[] _curious =
    [
        0, 9, 0x20, 0x7F, 0x85, 0xA0, 0xAD, 0x130, 0x131, 0x17F, 0x300, 0x301, 0x323, 0x345, 0x34F, 0x378, 0x3A3, 0x3C2, 0x430, 0x456, 0x4CF, 0x600, 0x61C, 0x1100, 0x115F, 0x1160, 0x11A8, 0x17B4, 0x180B, 0x180E, 0x1E9E,
        0x200B, 0x200C, 0x200D, 0x202E, 0x2028, 0x2060, 0x2065, 0x20E3, 0x212B, 0x2764, 0x2800, 0x3000, 0x3099, 0x3164, 0xAC00, 0xAC01, 0xD7A3, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xFB01, 0xFDD0, 0xFDFA, 0xFE0F, 0xFEFF, 0xFF41, 0xFFA0,
        0xFFF0, 0xFFF9, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF, 0x10400, 0x1D15E, 0x1D173, 0x1F1E6, 0x1F3F4, 0x1F3FB, 0x1F469, 0x1F600, 0x1FFFE, 0x2F800, 0xE0001, 0xE0067, 0xE007F, 0xE0100, 0xE0FFF, 0xF0000, 0x10FFFD, 0x10FFFF,
    ];

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task Any_string_is_accepted_or_refused_and_every_spelling_of_an_accepted_nick_is_taken()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TPACKET_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        output.WriteLine($"TPACKET_FUZZ_SEED={seed}");
        var random = new Random(seed);
        var accepted = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var nick = Next(random);
            var what = $"seed {seed}, round {round}: {string.Join(' ', nick.Select(static c => $"{(int)c:X4}"))}";
            try
            {
                accepted += await IsAcceptedAsync(nick, what) ? 1 : 0;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{what}: {e}");
            }
        }

        Assert.InRange(accepted, Rounds / 20, Rounds - 1);
    }

    private static async Task<bool> IsAcceptedAsync(string nick, string what)
    {
        var policy = new UniqueNickPolicy();
        var (holder, other) = (new NickUser(), new NickUser());
        var decision = await policy.ReserveAsync(nick, holder);
        if (!decision.IsAccepted)
        {
            Assert.True(decision.Code == PacketErrorCode.NickInvalid, what);
            await policy.ReleaseAsync(nick, holder);
            return false;
        }

        foreach (var rune in nick.EnumerateRunes())
            Assert.False(Rune.IsControl(rune) || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF, what);
        foreach (var written in Writings(nick))
            Assert.True((await policy.ReserveAsync(written, other)) is { IsAccepted: false }, $"{what} as {string.Join(' ', written.Select(static c => $"{(int)c:X4}"))}");
        await policy.ReleaseAsync(nick, holder);
        Assert.True((await policy.ReserveAsync(nick, other)).IsAccepted, what);
        return true;
    }

    private static IEnumerable<string> Writings(string nick)
    {
        yield return nick;
        yield return nick + "\uFE0F";
        yield return "\u034F" + nick;
        yield return nick.Replace(" ", " \u2003", StringComparison.Ordinal);
        foreach (var form in new[] { NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD })
            yield return nick.Normalize(form);
        // The capital of U+0345 is a letter and no mark, so that canonical order does not move it (Unicode, section 3.13, D145).
        if (!nick.Contains('\u0345', StringComparison.Ordinal))
            yield return nick.ToUpperInvariant();
    }

    private static string Next(Random random)
    {
        var nick = new StringBuilder();
        for (var length = random.Next(1, 9); length > 0; length--)
        {
            var codePoint = random.Next(5) switch
            {
                0 => _curious[random.Next(_curious.Length)],
                1 => random.Next(0x110000),
                2 => random.Next(0x3000),
                _ => random.Next('a', 'z' + 1),
            };
            if (codePoint < 0x10000)
                nick.Append((char)codePoint);
            else
                nick.Append(char.ConvertFromUtf32(codePoint));
        }

        return nick.ToString();
    }
}
