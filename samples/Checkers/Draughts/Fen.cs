using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Checkers.Draughts;

/// <summary>
/// Formats and parses positions in the dialect of English draughts: <c>B:W18,24,K10:B12,K22</c>. The first letter is the side to move, K marks a king. The parser also accepts ranges (<c>1-12</c>),
/// sides in either order, a side without pieces, spaces, a dot at the end, and lower case.
/// </summary>
internal static class Fen
{
    private const int Squares = 32;

    /// <summary>Formats a position: White's pieces first, and of each side the men before the kings, ordered by square.</summary>
    public static string Format(in Position position)
    {
        var text = new StringBuilder().Append(position.ToMove == Side.Black ? 'B' : 'W');
        Append(text.Append(":W"), position.White, position.Kings);
        Append(text.Append(":B"), position.Black, position.Kings);
        return text.ToString();
    }

    /// <summary>Parses a position.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">The position.</param>
    /// <param name="error">The reason, as a sentence, if the text is not a position.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out Position position, [NotNullWhen(false)] out string? error)
    {
        position = default;
        text = text.Trim();
        if (text.EndsWith("."))
            text = text[..^1].TrimEnd();
        if (text.IsEmpty || !TrySide(text[0], out var toMove))
        {
            error = "The position does not begin with the side to move, B or W.";
            return false;
        }

        var rest = text[1..].TrimStart();
        if (rest.IsEmpty || rest[0] != ':')
        {
            error = "A colon is missing after the side to move.";
            return false;
        }

        var pieces = new uint[2];
        var (kings, named) = (0u, 0);
        foreach (var range in rest[1..].Split(':'))
        {
            var section = rest[1..][range].Trim();
            if (section.IsEmpty)
                continue;
            if (!TrySide(section[0], out var side) || (named & (1 << (int)side)) != 0)
            {
                error = "Each list of pieces must begin with B or W, and each side may occur once.";
                return false;
            }

            named |= 1 << (int)side;
            if (!TryPieces(section[1..], pieces[0] | pieces[1], out var own, out var ownKings, out error))
                return false;
            (pieces[(int)side], kings) = (own, kings | ownKings);
        }

        position = new Position(pieces[(int)Side.Black], pieces[(int)Side.White], kings, toMove);
        return TryMen(position, out error);
    }

    private static bool TrySide(char letter, out Side side)
    {
        side = letter is 'B' or 'b' ? Side.Black : Side.White;
        return letter is 'B' or 'b' or 'W' or 'w';
    }

    private static bool TryPieces(ReadOnlySpan<char> text, uint taken, out uint pieces, out uint kings, [NotNullWhen(false)] out string? error)
    {
        (pieces, kings, error) = (0, 0, null);
        if (text.Trim().IsEmpty)
            return true;
        foreach (var range in text.Split(','))
        {
            var item = text[range].Trim();
            var isKing = item is ['K' or 'k', ..];
            if (isKing)
                item = item[1..].TrimStart();
            var dash = item.IndexOf('-');
            if (!TrySquare(dash < 0 ? item : item[..dash], out var first, out error))
                return false;
            var last = first;
            if (dash >= 0 && !TrySquare(item[(dash + 1)..], out last, out error))
                return false;
            for (var square = first; square <= last; square++)
            {
                var bit = 1u << (square - 1);
                if (((taken | pieces) & bit) != 0)
                {
                    error = string.Create(CultureInfo.InvariantCulture, $"Square {square} has two pieces.");
                    return false;
                }

                pieces |= bit;
                kings |= isKing ? bit : 0;
            }
        }

        return true;
    }

    private static bool TrySquare(ReadOnlySpan<char> text, out int square, [NotNullWhen(false)] out string? error)
    {
        text = text.Trim();
        error = null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out square) && square is >= 1 and <= Squares)
            return true;
        error = $"'{Shown.Of(text)}' is not a square from 1 to 32.";
        return false;
    }

    private static bool TryMen(in Position position, [NotNullWhen(false)] out string? error)
    {
        var men = ~position.Kings;
        var wrong = (position.Black & men & Position.KingRow(Side.Black)) | (position.White & men & Position.KingRow(Side.White));
        error = wrong == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"The man on square {BitOperations.TrailingZeroCount(wrong) + 1} would be a king.");
        return error is null;
    }

    private static void Append(StringBuilder text, uint pieces, uint kings)
    {
        var separator = "";
        for (var men = pieces & ~kings; men != 0; men &= men - 1)
            Append(text, ref separator, "", men);
        for (var own = pieces & kings; own != 0; own &= own - 1)
            Append(text, ref separator, "K", own);
    }

    private static void Append(StringBuilder text, ref string separator, string rank, uint pieces)
    {
        text.Append(CultureInfo.InvariantCulture, $"{separator}{rank}{BitOperations.TrailingZeroCount(pieces) + 1}");
        separator = ",";
    }
}
