using Noughts_Game;

await GameApp.Create(args).RunAsync();
