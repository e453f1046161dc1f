using System.Text.Json.Nodes;
using TPacket.Games.Matchmaking;
using TPacket.Protocol;
using TPacket.Server;
using TPacket.Testing;
using static TPacket.Games.Tests.Harness.Table<Checkers.Games.CheckersBoard>;

namespace TPacket.Games.Tests.Matchmaking;

/// <summary>Members find games.</summary>
public class MatchmakingTests
{
    private static readonly MatchmakingAction _open = new() { Do = MatchmakingVerb.Open, Game = "checkers-" };
    private static readonly MatchmakingAction _cancel = new() { Do = MatchmakingVerb.Cancel };

    private static MatchmakingRules Rules()
    {
        var options = new MatchmakingOptions { FirstRange = 100, RangePerSecond = 10, LastRange = 500, MaxSeekers = 3, Rating = static (_, _, claimed) => claimed };
        options.Games.Add("checkers-");
        return new MatchmakingRules(options);
    }

    private static RulesTest<MatchmakingState, MatchmakingAction, MatchmakingAction> Lobby() => RulesTest.For(Rules());

    private static MatchmakingAction Seek(int rating) => new() { Do = MatchmakingVerb.Seek, Game = "checkers-", Rating = rating };

    private static JsonNode View(MatchmakingState state, RoomMember member) => JsonNode.Parse(Rules().View(state, Rules().ViewerOf(state, member)))!;

    [Fact]
    public void An_open_game_is_listed_and_joined_once()
    {
        var lobby = Lobby().When(_open, Alice);
        Assert.Equal("""[{"user":4096,"nick":"alice","game":"checkers-"}]""", View(lobby.State, Bob)["open"]!.ToJsonString());
        lobby.When(new MatchmakingAction { Do = MatchmakingVerb.Join, User = Alice.Id }, Bob);
        var room = (string)View(lobby.State, Alice)["room"]!;
        Assert.Matches("^checkers-[0-9a-z]{8}~100[01].100[01]$", room);
        Assert.Equal(room, (string)View(lobby.State, Bob)["room"]!);
        Assert.Null(View(lobby.State, Carol)["room"]);
        Assert.Empty(View(lobby.State, Carol)["open"]!.AsArray());
        lobby.When(new MatchmakingAction { Do = MatchmakingVerb.Join, User = Alice.Id }, Carol).ThenRefused(code: GameErrorCode.Stale);
    }

    [Fact]
    public void The_queue_pairs_ratings_with_a_distance_that_grows_with_time()
    {
        var lobby = Lobby().When(Seek(1_500), Alice).ThenWakesAt(null).After(TimeSpan.FromSeconds(3)).When(Seek(1_700), Bob);
        // 100 apart at once, and 10 more each second.
        lobby.ThenWakesAt(lobby.Time + TimeSpan.FromSeconds(10)).WhenWoken().ThenWakesAt(null);
        Assert.Equal([Alice.Id, Bob.Id], lobby.State.Rooms.Keys);
        Assert.Empty(lobby.State.Seekers);
    }

    [Fact]
    public void Several_due_pairs_are_made_at_once()
    {
        var options = new MatchmakingOptions();
        options.Games.Add("checkers-");
        var lobby = RulesTest.For(new MatchmakingRules(options));
        for (var i = 1; i <= 5; i++)
            lobby.When(Seek(1_500), new RoomMember(i, $"user{i}", session: i));
        lobby.WhenWoken().ThenWakesAt(null);
        Assert.Equal((4, 2, 1), (lobby.State.Rooms.Count, lobby.State.Rooms.Values.Distinct().Count(), lobby.State.Seekers.Count));
    }

    [Fact]
    public void The_host_rates_members_and_ignores_the_ratings_that_they_send()
    {
        var options = new MatchmakingOptions { Rating = static (member, game, _) => member.Nick switch { "alice" when game == "checkers-" => 1_500, "bob" => 1_000, _ => null } };
        options.Games.Add("checkers-");
        var lobby = RulesTest.For(new MatchmakingRules(options)).When(Seek(0), Alice).When(Seek(1_500), Bob);
        Assert.Equal([1_500, 1_000], lobby.State.Seekers.Values.Select(static seeker => seeker.Rating!.Value));
        lobby.When(Seek(1_500), Carol).ThenRefused(code: GameErrorCode.NotAllowed);
        // An open game is for members without a rating, too.
        lobby.When(_open, Carol);
        Assert.Null(lobby.State.Seekers[Carol.Id].Rating);
    }

    [Fact]
    public void Without_ratings_of_the_host_any_two_members_are_paired()
    {
        var options = new MatchmakingOptions();
        options.Games.Add("checkers-");
        var lobby = RulesTest.For(new MatchmakingRules(options)).When(Seek(0), Alice).When(Seek(100_000), Bob);
        lobby.ThenWakesAt(lobby.Time).WhenWoken();
        Assert.Equal([Alice.Id, Bob.Id], lobby.State.Rooms.Keys);
    }

    [Theory]
    [InlineData(100_001)]
    [InlineData(int.MinValue)]
    public void A_rating_of_the_host_that_is_out_of_range_is_refused(int rating)
    {
        var options = new MatchmakingOptions { Rating = (_, _, _) => rating };
        options.Games.Add("checkers-");
        RulesTest.For(new MatchmakingRules(options)).When(Seek(0), Alice).ThenRefused(code: GameErrorCode.NotAllowed);
    }

    [Fact]
    public void Ratings_that_are_too_far_apart_never_meet() => Lobby().When(Seek(1_000), Alice).When(Seek(1_501), Bob).ThenWakesAt(null);

    [Fact]
    public void A_member_cannot_seek_two_games()
    {
        var lobby = Lobby().When(_open, Alice);
        lobby.When(Seek(1_500), Alice).ThenRefused(code: GameErrorCode.NotNow);
        lobby.When(new MatchmakingAction { Do = MatchmakingVerb.Join, User = Alice.Id }, Alice).ThenRefused(code: GameErrorCode.NotNow);
        lobby.When(new MatchmakingAction { Do = MatchmakingVerb.Join, User = Alice.Id }, Bob);
        lobby.When(Seek(1_500), Bob).ThenRefused(code: GameErrorCode.NotNow);
        lobby.When(_cancel, Bob).When(Seek(1_500), Bob);
        Assert.Equal([Bob.Id], lobby.State.Seekers.Keys);
    }

    [Fact]
    public void Members_that_have_left_or_are_away_are_not_paired()
    {
        var lobby = Lobby().When(Seek(1_500), Alice).GivenAway(Alice).When(Seek(1_500), Bob).GivenLeft(Bob).When(Seek(1_500), Carol).ThenWakesAt(null);
        Assert.Equal([Carol.Id], lobby.State.Seekers.Keys);
        lobby.When(_cancel, Carol).When(_cancel, Carol).ThenNothing();
    }

    [Fact]
    public void Unknown_games_ratings_out_of_range_and_seekers_beyond_the_limit_are_refused()
    {
        var lobby = Lobby();
        lobby.When(_open with { Game = "chess-" }, Alice).ThenRefused(code: GameErrorCode.NotAllowed);
        lobby.When(_open with { Game = null }, Alice).ThenRefused(code: GameErrorCode.NotAllowed);
        lobby.When(Seek(int.MinValue), Alice).ThenRefused(code: GameErrorCode.NotAllowed);
        lobby.When(new MatchmakingAction { Do = MatchmakingVerb.Match, Game = "checkers-", User = Alice.Id, Other = Bob.Id }, Alice).ThenRefused(code: PacketErrorCode.InvalidArgument);
        for (var i = 1; i <= 3; i++)
            lobby.When(_open, new RoomMember(i, $"user{i}", session: i));
        lobby.When(_open, Alice).ThenRefused(code: GameErrorCode.NotNow);
    }

    [Fact]
    public void Games_without_a_name_or_with_one_that_is_too_long_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MatchmakingRules(new MatchmakingOptions()));
        foreach (var name in (string[])["", new string('x', 33)])
        {
            var options = new MatchmakingOptions();
            options.Games.Add(name);
            Assert.ThrowsAny<ArgumentException>(() => new MatchmakingRules(options));
        }
    }

    [Theory]
    [InlineData(1, 100, 20, 1_000)]
    [InlineData(1_001, 100, 20, 1_000)]
    [InlineData(200, -1, 20, 1_000)]
    [InlineData(200, 100, 0, 1_000)]
    [InlineData(200, 100, 20, 99)]
    public void Options_out_of_range_are_refused(int seekers, int first, int each, int last)
    {
        var options = new MatchmakingOptions { MaxSeekers = seekers, FirstRange = first, RangePerSecond = each, LastRange = last };
        options.Games.Add("x");
        Assert.Throws<ArgumentOutOfRangeException>(() => new MatchmakingRules(options));
    }
}
