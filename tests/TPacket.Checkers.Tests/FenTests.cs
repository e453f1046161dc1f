using Checkers.Draughts;

namespace TPacket.Checkers.Tests;

/// <summary>Positions in FEN.</summary>
public class FenTests
{
    [Theory]
    [InlineData("B:W18,24,K10:B12,K22")]
    [InlineData("B:W18,24,27,28,K10,K15:B12,16,20,K22,K25,K29")]
    [InlineData("W:W:B")]
    [InlineData("B:W21,22,23,24,25,26,27,28,29,30,31,32:B1,2,3,4,5,6,7,8,9,10,11,12")]
    public void A_position_round_trips(string fen) => Assert.Equal(fen, Moves.At(fen).ToString());

    [Theory]
    [InlineData("B:B1-12:W21-32", "B:W21,22,23,24,25,26,27,28,29,30,31,32:B1,2,3,4,5,6,7,8,9,10,11,12")]
    [InlineData("B:W21,K5:BK17,K14.", "B:W21,K5:BK14,K17")]
    [InlineData("W::.", "W:W:B")]
    [InlineData(" w : w K 3 - 4 , 09 : b 22 . ", "W:W9,K3,K4:B22")]
    [InlineData("W:W9", "W:W9:B")]
    public void Positions_of_other_programs_are_read(string fen, string expected) => Assert.Equal(expected, Moves.At(fen).ToString());

    [Theory]
    [InlineData("", "The position does not begin with the side to move, B or W.")]
    [InlineData("?:W29:B22", "The position does not begin with the side to move, B or W.")]
    [InlineData("B", "A colon is missing after the side to move.")]
    [InlineData("BW1:B2", "A colon is missing after the side to move.")]
    [InlineData("B:W31-50:B1-20", "'50' is not a square from 1 to 32.")]
    [InlineData("B:W0:B1", "'0' is not a square from 1 to 32.")]
    [InlineData("B:W99999999999999999999:B1", "'99999999999999999999' is not a square from 1 to 32.")]
    [InlineData("B:W5,:B1", "'' is not a square from 1 to 32.")]
    [InlineData("B:WKK5:B1", "'K5' is not a square from 1 to 32.")]
    [InlineData("B:W5,5:B1", "Square 5 has two pieces.")]
    [InlineData("B:W5:BK5", "Square 5 has two pieces.")]
    [InlineData("B:W5:W6", "Each list of pieces must begin with B or W, and each side may occur once.")]
    [InlineData("B:W5:B6:W7", "Each list of pieces must begin with B or W, and each side may occur once.")]
    [InlineData("B:W5:6", "Each list of pieces must begin with B or W, and each side may occur once.")]
    [InlineData("B:W4:B6", "The man on square 4 would be a king.")]
    [InlineData("B:W5:B29", "The man on square 29 would be a king.")]
    public void An_invalid_position_is_refused_with_the_reason(string fen, string expected)
    {
        Assert.False(Fen.TryParse(fen, out _, out var error));
        Assert.Equal(expected, error);
    }
}
