using TPacket.Games;
using TPacket.Server;
using TPacket.Testing;

namespace Noughts_Game.Tests;

public class RulesTests
{
    private static readonly RoomMember _alice = new(1, "alice", session: 1);
    private static readonly RoomMember _bob = new(2, "bob", session: 2);

    [Fact]
    public void Three_in_a_row_win()
    {
        var table = RulesTest.For(new NoughtsAndCrosses()).When(Claim(), _alice).When(Claim(), _bob);

        foreach (var (square, player) in new[] { (0, _alice), (3, _bob), (1, _alice), (4, _bob), (2, _alice) })
            table.When(Move(square), player);

        table.ThenState(game => Assert.Equal("XXXOO    ", game.Board));
        table.When(Move(5), _bob).ThenRefused(code: GameErrorCode.NotRunning);
    }

    [Fact]
    public void A_square_is_taken_once() =>
        RulesTest.For(new NoughtsAndCrosses())
            .When(Claim(), _alice)
            .When(Claim(), _bob)
            .When(Move(4), _alice)
            .When(Move(4), _bob)
            .ThenRefused("This square is not free.", GameErrorCode.IllegalMove);

    private static GameAction<int> Claim() => new() { Verb = GameVerb.Claim };

    private static GameAction<int> Move(int square) => new() { Verb = GameVerb.Move, Move = square };
}
