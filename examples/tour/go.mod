module goescape.example/tour

go 1.21
